using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace StepTool.Client.CommandLine;

/// <summary>Where a command writes: results to standard output, progress and errors beside them.</summary>
internal sealed class Terminal
{
    private static readonly JsonSerializerOptions JsonForm = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly TextWriter _output;
    private readonly TextWriter _error;

    /// <summary>Writes to the given writers.</summary>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="isInteractive">Whether a person watches, so that a line may be drawn over.</param>
    /// <param name="width">Columns where nobody watches; null for the terminal's own.</param>
    public Terminal(TextWriter output, TextWriter error, bool isInteractive, int? width = null)
    {
        (_output, _error, IsInteractive) = (output, error, isInteractive);
        Out = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isInteractive ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = isInteractive ? InteractionSupport.Yes : InteractionSupport.No,
        });
        if (!isInteractive)
        {
            Out.Profile.Width = width ?? PlainWidth;
        }
    }

    private const int PlainWidth = 140;

    /// <summary>Standard output with colours where it has them.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>Whether a person watches.</summary>
    public bool IsInteractive { get; }

    /// <summary>The process's own terminal.</summary>
    public static Terminal OfProcess()
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        return new Terminal(Console.Out, Console.Error, !Console.IsOutputRedirected && !Console.IsErrorRedirected);
    }

    /// <summary>The same terminal for machines: nothing is drawn over, and plain lines go to standard error.</summary>
    public Terminal ForMachines() => new(_error, _error, false) { Document = _output };

    /// <summary>Where a JSON document goes; null where output is for people.</summary>
    private TextWriter? Document { get; init; }

    /// <summary>Whether the result is to be one JSON document.</summary>
    public bool WritesJson => Document is not null;

    /// <summary>A line of plain text, as long as it is; markup is not read.</summary>
    public void Line(string text = "") => Out.Profile.Out.Writer.WriteLine(text);

    /// <summary>A line for whoever has to act: an error or a warning.</summary>
    public void Complain(string text)
    {
        _error.WriteLine(text);
        _error.Flush();
    }

    /// <summary>Writes the result as JSON.</summary>
    public void Write<T>(T result)
    {
        var writer = Document ?? _output;
        writer.WriteLine(JsonSerializer.Serialize(result, JsonForm));
        writer.Flush();
    }

    /// <summary>Writes a text that is JSON already.</summary>
    public void WriteJson(string json)
    {
        var writer = Document ?? _output;
        writer.WriteLine(json);
        writer.Flush();
    }
}
