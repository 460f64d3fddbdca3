using Microsoft.Extensions.Options;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Silo.Virtual;

/// <summary>Checks the options of <c>/virtual</c> at start.</summary>
public sealed class VirtualOptionsValidator : IValidateOptions<VirtualOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, VirtualOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!Enum.IsDefined(options.Mode))
        {
            return ValidateOptionsResult.Fail(
                $"StepTool:Virtual:Mode is '{options.Mode}'; it must be one of {string.Join(", ", Enum.GetNames<ToolMode>())}. Leave it out for {nameof(ToolMode.Recorded)}.");
        }

        try
        {
            _ = options.World.Length > 0 ? WorldReference.Parse(options.World) : null;
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException)
        {
            return ValidateOptionsResult.Fail(
                $"StepTool:Virtual:World is '{options.World}'; it must be a reference such as recorded:1:10:HASH. Give the one that 'steptool tools import' printed, or leave it out for the world imported last.");
        }
    }
}
