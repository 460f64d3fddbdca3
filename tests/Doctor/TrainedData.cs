using StepTool.Core.Chance;
using StepTool.Tests.Client;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.Doctor;

/// <summary>The data directory of a small training, made once; each test breaks a copy of it.</summary>
[CollectionDefinition(Name)]
public sealed class TrainedData : IAsyncLifetime, ICollectionFixture<TrainedData>
{
    /// <summary>The collection of the classes that share it.</summary>
    public const string Name = "trained data";

    private readonly TemporaryFolder _folder = new();

    public async Task InitializeAsync()
    {
        var run = await ConsoleRun.OfAsync(
            "train", "--no-floors", "--iterations", "2", "--batch", "16", "--curve-points", "1", "--dev-tasks", "10", "--test-tasks", "150", "--run", "small",
            "--data-dir", _folder.Of("data"), "--out", _folder.Of("out"));
        Assert.True(run.ExitCode == 0, run.Errors);
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Copies the directory into a folder of the test's own.</summary>
    internal string CopyTo(TemporaryFolder folder)
    {
        var data = folder.Of("data");
        Copy(_folder.Of("data"), data);
        return data;
    }

    /// <summary>Copies a folder with all that is in it.</summary>
    internal static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Names and contents of all files of a folder.</summary>
    internal static string[] Contents(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => $"{file} {StableHash.Content(File.ReadAllBytes(file))}")];
}
