using System.Text.Json;
using Microsoft.Extensions.AI;

namespace StepTool.Silo.Tools.Functions;

/// <summary>Registers functions of the host as tools.</summary>
public static class ToolFunctionServices
{
    private const int LongestName = 64;
    private static readonly JsonSerializerOptions Form = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <summary>
    /// Registers a function: an API of the source <c>functions</c> after the next <c>steptool tools import functions</c>. Its schema comes from its parameters, its
    /// documentation from <see cref="System.ComponentModel.DescriptionAttribute"/> on it and on them. A parameter of type <see cref="CancellationToken"/> or
    /// <see cref="IServiceProvider"/> is given by the silo. Each silo of a cluster registers the same functions.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="name">Name of the tool: 1 to 64 letters, digits, '-' and '_'.</param>
    /// <param name="function">What is called; it must be safe for concurrent use. An exception it throws is an error that the agent reads.</param>
    /// <param name="isSafe">Whether a call changes nothing outside, so that it may be repeated and its answer kept; false by default.</param>
    /// <exception cref="ArgumentException">The name is of another form or taken, or a parameter has no JSON form.</exception>
    public static IServiceCollection AddTool(this IServiceCollection services, string name, Delegate function, bool isSafe = false)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(function);
        if (name is not { Length: >= 1 and <= LongestName } || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
        {
            throw new ArgumentException($"A tool's name is '{name}'; it must be 1 to {LongestName} letters, digits, '-' and '_'. Choose another.", nameof(name));
        }

        if (services.Any(service => service.ImplementationInstance is ToolFunction known && known.Function.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"A tool '{name}' is registered already; names must differ in more than their case. Choose another.", nameof(name));
        }

        try
        {
            return services.AddSingleton(new ToolFunction(AIFunctionFactory.Create(function, new AIFunctionFactoryOptions { Name = name, SerializerOptions = Form }), isSafe));
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException)
        {
            throw new ArgumentException($"The tool '{name}' has a parameter without a JSON form: {exception.Message} Take texts, numbers, booleans, arrays and records of them.", nameof(function), exception);
        }
    }
}
