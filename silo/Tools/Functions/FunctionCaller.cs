using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.AI;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Tools.Schemas;

namespace StepTool.Silo.Tools.Functions;

/// <summary>Calls functions that the host registered.</summary>
internal sealed class FunctionCaller(IEnumerable<ToolFunction> functions, IServiceProvider services)
{
    private const string Category = "functions";
    private const string Tool = "host";
    private const string Description = "Functions of the program that hosts the silo.";
    private readonly Dictionary<string, ToolFunction> _functions = functions.ToDictionary(one => one.Function.Name, StringComparer.OrdinalIgnoreCase);

    public string? HostOf(FunctionBinding binding) => _functions.ContainsKey(binding.Name) ? $"function:{binding.Name}" : null;

    public async ValueTask<Attempt> CallAsync(FunctionBinding binding, JsonElement arguments, CancellationToken cancellationToken)
    {
        if (!_functions.TryGetValue(binding.Name, out var tool))
        {
            return new Lost($"No function '{binding.Name}' is registered in this silo; the host must add it before it starts. Call AddTool(\"{binding.Name}\", ...).") { NeverSent = true };
        }

        var given = new AIFunctionArguments(arguments.EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value.Clone(), StringComparer.Ordinal)) { Services = services };
        try
        {
            // On a thread of its own, so that one that blocks holds up no grain; one that ignores its token is left behind.
            var result = await Task.Run(() => tool.Function.InvokeAsync(given, cancellationToken).AsTask(), cancellationToken).WaitAsync(cancellationToken);
            return Answered.Ok(Text(result));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var cause = exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
            return new Answered(cause is ArgumentException or JsonException ? ToolStatus.BadInput : ToolStatus.RequestError, AnswerText.Clean($"{cause.GetType().Name}: {cause.Message}"), "");
        }
    }

    public LiveListing List() => _functions.Count == 0
        ? new LiveListing([], "No function is registered in this silo; its host must add them before it starts. Call AddTool(\"name\", ...) on its services.")
        : new LiveListing([.. _functions.Values.Select(Define).OrderBy(api => api.Documentation.Key)]);

    private static ApiDefinition Define(ToolFunction tool)
    {
        var schema = tool.Function.JsonSchema.GetRawText();
        return new ApiDefinition(
            new ApiDocumentation
            {
                Key = ApiKey.FromNames(Category, Tool, tool.Function.Name),
                ToolName = Tool,
                ApiName = tool.Function.Name,
                ToolDescription = Description,
                Description = tool.Function.Description,
                Method = "CALL",
                IsSafe = tool.IsSafe,
                Parameters = SchemaDocumentation.Of(JsonSchema.Parse(schema)),
            },
            null,
            [])
        {
            Binding = new FunctionBinding(tool.Function.Name),
            InputSchema = schema,
            ResponseSchema = tool.Function.ReturnJsonSchema?.GetRawText(),
        };
    }

    private static string Text(object? result) => AnswerText.Clean(result switch
    {
        null => "",
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => "",
        JsonElement element => element.GetRawText(),
        string text => text,
        _ => result.ToString() ?? "",
    });
}
