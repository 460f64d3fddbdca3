using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Spectre.Console;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Runs;
using StepTool.Grains.Doctor;
using StepTool.Silo.Doctor;
using StepTool.Silo.Hosting;

namespace StepTool.Client.Commands;

/// <summary><c>doctor</c>: looks over what is stored and says what is wrong with it. Exit code 0 where it is sound, 1 where not.</summary>
internal sealed class DoctorCommand : ConsoleCommand
{
    private const int MostShown = 50;

    private readonly Option<string> _dataDirectory = new("--data-dir") { Description = "Folder to look at; nobody may use it meanwhile", HelpName = "DIR", DefaultValueFactory = _ => ConnectionOptions.DefaultDirectory };
    private readonly Option<StorageKind?> _storage = Choices.Optional<StorageKind>("--storage", "sqlite, the default, or azure: the container of StepTool__Azure__ConnectionString (or __BlobServiceUri) and StepTool__Azure__Container", "KIND");

    public DoctorCommand()
        : base("doctor", "Look over what is stored: records, blobs, versions, ordinals; nothing is written", "steptool doctor", "steptool doctor --data-dir copy --json", "steptool doctor --storage azure")
    {
        Options.Add(_dataDirectory);
        Options.Add(_storage);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var options = Configured();
        options.DataDirectory = parsed.GetValue(_dataDirectory)!;
        options.Storage = parsed.GetValue(_storage) ?? options.Storage;
        if (options.Storage is StorageKind.Memory)
        {
            throw Refusal.Usage("--storage is memory, which ends with its process; sqlite and azure can be looked at.");
        }

        if (new SiloOptionsValidator().Validate(null, options) is { Failed: true } result)
        {
            throw Refusal.Usage(result.FailureMessage!);
        }

        var diagnosis = await StoreDoctor.ExamineAsync(options, cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(diagnosis);
        }
        else
        {
            Write(terminal, diagnosis);
        }

        return diagnosis.IsSound ? 0 : 1;
    }

    private static SiloOptions Configured()
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        try
        {
            SiloKeys.Check(configuration);
        }
        catch (OptionsValidationException invalid)
        {
            throw Refusal.Usage(invalid.Message);
        }

        return configuration.GetSection(SiloOptions.Section).Get<SiloOptions>() ?? new SiloOptions();
    }

    private static void Write(Terminal terminal, Diagnosis diagnosis)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("what");
        table.AddColumn(new TableColumn("number").RightAligned());
        foreach (var (what, number) in diagnosis.Counts)
        {
            table.AddRow(new Text(what), new Text(RunPicture.Count(number)));
        }

        terminal.Out.Write(table);
        Write(terminal, "note", diagnosis.Notes);
        Write(terminal, "FAULT", diagnosis.Faults);
        terminal.Line(diagnosis.IsSound ? $"The {diagnosis.Place} is sound." : $"The {diagnosis.Place} has {RunPicture.Count(diagnosis.Faults.Length)} faults; nothing was changed.");
    }

    private static void Write(Terminal terminal, string kind, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings.Take(MostShown))
        {
            terminal.Line($"{kind}  {finding.Where}: {finding.What}");
        }

        if (findings.Count > MostShown)
        {
            terminal.Line($"{kind}  and {RunPicture.Count(findings.Count - MostShown)} more; --json has them all.");
        }
    }
}
