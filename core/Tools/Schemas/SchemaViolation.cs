namespace StepTool.Core.Tools.Schemas;

/// <summary>One thing that keeps a value from being valid.</summary>
/// <param name="Path">Where: <c>address.lines[0]</c>; empty for the value as a whole.</param>
/// <param name="Given">What stands there, shortened; null where something is missing.</param>
/// <param name="Wanted">What should.</param>
public sealed record SchemaViolation(string Path, string? Given, string Wanted)
{
    /// <inheritdoc/>
    public override string ToString() => $"{(Path.Length > 0 ? $"'{Path}'" : "the whole")} is {Given ?? "missing"}; it must be {Wanted}";
}
