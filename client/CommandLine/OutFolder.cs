using System.CommandLine;

namespace StepTool.Client.CommandLine;

/// <summary>The folder that a command writes its report into, which is tried before the work begins and not after it.</summary>
internal sealed class OutFolder
{
    private const string Preset = "out";
    private readonly Option<string?> _out;

    /// <summary>Adds <c>--out</c> to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="files">What is written there.</param>
    public OutFolder(Command command, string files)
    {
        _out = new Option<string?>("--out") { Description = $"Folder of {files} [default: {Preset}/RUN]", HelpName = "DIR" };
        command.Options.Add(_out);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_out) is var given && Obstacle(given ?? Preset) is { } obstacle)
            {
                result.AddError($"--out is '{given ?? Preset}', {obstacle}; it must be a folder that this process may write. Give another.");
            }
        });
    }

    /// <summary>The folder of a run.</summary>
    public string Of(ParseResult parsed, string run) => parsed.GetValue(_out) ?? Path.Combine(Preset, run);

    // A folder that is not there yet is made where the nearest one above it can be written.
    private static string? Obstacle(string folder)
    {
        var place = new DirectoryInfo(Path.GetFullPath(folder));
        while (!place.Exists && place.Parent is { } above)
        {
            if (File.Exists(place.FullName))
            {
                return $"where {place.FullName} is a file";
            }

            place = above;
        }

        try
        {
            using var probe = new FileStream(Path.Combine(place.FullName, $".steptool-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"and {place.FullName} cannot be written";
        }
    }
}
