using System.Diagnostics;
using Xunit;

namespace StepTool.Tests.Storage;

/// <summary>A file system in memory of a few megabytes, mounted for one test.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _filler;

    public SmallDisk(int megabytes)
    {
        Path = Directory.CreateTempSubdirectory("steptool-disk-").FullName;
        _filler = System.IO.Path.Combine(Path, "filler");
        if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Path) is { Length: > 0 } error)
        {
            Directory.Delete(Path);
            throw new InvalidOperationException(error);
        }
    }

    /// <summary>Why none can be mounted here; null where one can.</summary>
    public static string? Missing { get; } = Try();

    public string Path { get; }

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        using var file = File.Create(_filler);
        var block = new byte[64 << 10];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException) when (block.Length > 0)
        {
            // full
        }
    }

    /// <summary>Gives the space back.</summary>
    public void Free() => File.Delete(_filler);

    /// <summary>Forbids or allows writing, whoever asks.</summary>
    public void Remount(bool isReadOnly)
    {
        if (Run("mount", "-o", isReadOnly ? "remount,ro" : "remount,rw", Path) is { Length: > 0 } error)
        {
            throw new InvalidOperationException(error);
        }
    }

    /// <summary>Forbids writing as soon as no file is open for it: until then the kernel calls the disk busy.</summary>
    public async Task ForbidWritingAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                Remount(isReadOnly: true);
                return;
            }
            catch (InvalidOperationException exception) when (exception.Message.Contains("busy", StringComparison.Ordinal))
            {
                await Task.Delay(10, patience.Token);
            }
        }
    }

    public void Dispose()
    {
        // One that a process still uses goes with it: what a test threw is not to be hidden behind that.
        if (Run("umount", Path).Length == 0 || Run("umount", "--lazy", Path).Length == 0)
        {
            Directory.Delete(Path);
        }
    }

    private static string? Try()
    {
        try
        {
            new SmallDisk(1).Dispose();
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"No file system can be mounted here ({exception.Message.Trim()}); run the tests as root on Linux.";
        }
    }

    // What the command complains of; empty where it was done.
    private static string Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : $"{command}: {error}";
    }
}

/// <summary>A test on a disk of its own, skipped with the reason where none can be mounted.</summary>
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Missing;
}
