using System.Globalization;
using StepTool.Client.CommandLine;
using StepTool.Client.Runs;
using StepTool.Core.Worlds.Catalogues.Imports;

namespace StepTool.Client.Catalogues;

/// <summary>Shows an import while it goes on: one line drawn over on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class ImportDisplay(Terminal terminal, TimeProvider time) : IProgress<ImportProgress>
{
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);
    private readonly long _began = time.GetTimestamp();
    private TimeSpan _shown;
    private int _drawn;

    /// <inheritdoc/>
    public void Report(ImportProgress value)
    {
        var elapsed = time.GetElapsedTime(_began);
        if (elapsed - _shown < (terminal.IsInteractive ? DrawEvery : LineEvery))
        {
            return;
        }

        _shown = elapsed;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{RunPicture.Duration(elapsed)}  {value.Done:N0} of {value.Parts:N0} files, {value.Apis:N0} APIs, {value.Answers:N0} answers, {value.Skipped:N0} left out  {value.Part}");
        if (terminal.IsInteractive)
        {
            Draw(line);
        }
        else
        {
            terminal.Line(line);
        }
    }

    /// <summary>Removes what was drawn over.</summary>
    public void Clear()
    {
        if (_drawn > 0)
        {
            Draw("");
        }
    }

    private void Draw(string line)
    {
        var width = Math.Max(1, terminal.Out.Profile.Width - 1);
        var shown = line.Length <= width ? line : line[..width];
        terminal.Out.Profile.Out.Writer.Write($"\r{shown.PadRight(_drawn)}{(shown.Length == 0 ? "\r" : "")}");
        terminal.Out.Profile.Out.Writer.Flush();
        _drawn = shown.Length;
    }
}
