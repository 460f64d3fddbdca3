using Xunit;

namespace StepTool.Tests.Storage;

/// <summary>A test on a real Azurite, skipped with the reason where none was started.</summary>
internal sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = Azurite.Missing;
}

/// <summary>A theory on a real Azurite, skipped with the reason where none was started.</summary>
internal sealed class AzuriteTheoryAttribute : TheoryAttribute
{
    public AzuriteTheoryAttribute() => Skip = Azurite.Missing;
}

/// <summary>The Azurite that the environment names.</summary>
internal static class Azurite
{
    private const string Variable = "STEPTOOL_AZURITE";

    /// <summary>Its connection string, or empty.</summary>
    public static string ConnectionString { get; } = Environment.GetEnvironmentVariable(Variable) ?? "";

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Missing { get; } =
        ConnectionString.Length > 0 ? null
        : Environment.GetEnvironmentVariable($"{Variable}_MISSING") is { Length: > 0 } reason ? reason
        : $"No Azurite: run infra/test.sh, or set {Variable} to what 'infra/azurite/azurite.sh start' writes.";
}
