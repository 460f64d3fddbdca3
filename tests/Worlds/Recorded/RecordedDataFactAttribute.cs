using Xunit;

namespace StepTool.Tests.Worlds.Recorded;

/// <summary>A test over real recorded data, skipped with the reason where there is none.</summary>
internal sealed class RecordedDataFactAttribute : FactAttribute
{
    private const string Variable = "STEPTOOL_RECORDED";
    private const string Neighbour = "shared/data/stabletoolbench";

    public RecordedDataFactAttribute()
    {
        if (Folder is null)
        {
            Skip = $"No recorded data: set {Variable} to a folder in StableToolBench's layout, or put one at ../{Neighbour} beside the repository.";
        }
    }

    /// <summary>The folder, or null where there is none.</summary>
    public static string? Folder { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : Beside(AppContext.BaseDirectory);

    private static string? Beside(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, Neighbour);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
