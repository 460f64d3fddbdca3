using System.Diagnostics;
using System.Globalization;
using StepTool.Core.Storage;
using StepTool.Silo.Storage;
using Xunit;

namespace StepTool.Tests.Storage;

[Trait("Kind", "Storage")]
public sealed class DataDirectoryTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Target => Path.Combine(_folder.Path, "data");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_Missing_CreatesIt()
    {
        using var directory = DataDirectory.Open(Target);

        Assert.True(Directory.Exists(Target));
        Assert.Equal(Path.Combine(Target, "state.db"), directory.DatabasePath);
    }

    [Fact]
    public void Open_InUse_NamesProcessAndRemedy()
    {
        using var owner = DataDirectory.Open(Target);

        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"'{Target}' is in use by process {Environment.ProcessId}; one process owns it at a time. Wait until it has ended, or give another --data-dir."),
            Assert.Throws<StorageException>(() => DataDirectory.Open(Target)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_InUseByAListeningSilo_NamesItsUrl()
    {
        using var owner = DataDirectory.Open(Target);
        owner.Announce("http://127.0.0.1:5080");

        Assert.Contains("Commands work through it with --silo http://127.0.0.1:5080; a second silo needs another --data-dir.", Assert.Throws<StorageException>(() => DataDirectory.Open(Target)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_GivenFree_IsTakenAgain()
    {
        DataDirectory.Open(Target).Dispose();

        DataDirectory.Open(Target).Dispose();
    }

    [Fact]
    public void Open_OwnerDied_TakesOver()
    {
        // A killed owner leaves its name and its lock file behind, but no lock.
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "owner"), "999999 http://127.0.0.1:5080");
        File.WriteAllText(Path.Combine(Target, "lock"), "");

        using var directory = DataDirectory.Open(Target);

        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), File.ReadAllText(Path.Combine(Target, "owner")));
    }

    [Fact]
    public async Task Open_HeldByAnotherProcessUntilKilled_RefusesThenTakesOver()
    {
        if (!File.Exists("/usr/bin/flock"))
        {
            return; // the other process is util-linux's flock, which takes the lock that .NET takes
        }

        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "owner"), "4711");
        using var other = Process.Start(new ProcessStartInfo("/usr/bin/flock", ["--no-fork", Path.Combine(Target, "lock"), "sh", "-c", "echo held; exec cat"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync());

        var error = Assert.Throws<StorageException>(() => DataDirectory.Open(Target));
        other.Kill();
        await other.WaitForExitAsync();

        Assert.Contains("in use by process 4711", error.Message, StringComparison.Ordinal);
        DataDirectory.Open(Target).Dispose();
    }

    [Fact]
    public void Open_FileInItsPlace_SaysWhatItMustBe()
    {
        File.WriteAllText(Target, "in the way");

        Assert.Contains("cannot be used", Assert.Throws<StorageException>(() => DataDirectory.Open(Target)).Message, StringComparison.Ordinal);
    }
}
