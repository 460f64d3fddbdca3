using Microsoft.Extensions.Options;

namespace StepTool.Grains.Hosting;

/// <summary>Checks <see cref="GrainsOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class GrainsOptionsValidator : IValidateOptions<GrainsOptions>;
