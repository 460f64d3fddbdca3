using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using StepTool.Core.Chance;
using StepTool.Core.Rewards;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Tools.Schemas;
using StepTool.Core.Virtual;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>
/// One API that answers from what was recorded: exactly, then by its argument checks, then by the nearest recorded answer, then by its template or the
/// schema of its response.
/// </summary>
internal sealed class RecordedApi
{
    private readonly FrozenSet<string> _parameters;
    private readonly ImmutableArray<(ArgumentSet Arguments, RecordedEntry Entry)> _answers;
    private readonly FrozenDictionary<string, RecordedEntry> _exact;
    private readonly FrozenDictionary<string, RecordedEntry>.AlternateLookup<ReadOnlySpan<char>> _written;
    private readonly InputSchema? _input;
    private readonly JsonSchema? _response;

    /// <summary>Makes it ready to answer.</summary>
    /// <exception cref="ArgumentException">A schema of the definition cannot be read.</exception>
    /// <exception cref="ArgumentsException">Arguments of a recorded answer cannot be read.</exception>
    public RecordedApi(ApiDefinition definition)
    {
        Definition = definition;
        _parameters = definition.Documentation.Parameters.Select(parameter => StandardName.Of(parameter.Name)).ToFrozenSet(StringComparer.Ordinal);
        _answers = [.. definition.Answers.Select(answer => (ArgumentSet.Read(answer.Arguments), new RecordedEntry(answer)))];
        _exact = _answers.ToFrozenDictionary(answer => answer.Arguments.Key, answer => answer.Entry, StringComparer.Ordinal);
        _written = _answers.Select(answer => answer.Entry).Concat(definition.Others.Select(answer => new RecordedEntry(answer)))
            .DistinctBy(entry => entry.Text, StringComparer.Ordinal)
            .ToFrozenDictionary(entry => entry.Text, StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        _input = definition.InputSchema is { } input ? new InputSchema(JsonSchema.Parse(input)) : null;
        _response = definition.ResponseSchema is { } response ? JsonSchema.Parse(response) : null;
    }

    public ApiDefinition Definition { get; }

    public ApiDocumentation Documentation => Definition.Documentation;

    /// <summary>Whether every answer was recorded and none worked, so that no call can ever work.</summary>
    public bool CanOnlyFail => _answers.Length > 0 && !_answers.Any(answer => SuccessRule.IsSuccess(answer.Entry.Answer));

    /// <summary>The reply recorded for an input written exactly so, in Python's text.</summary>
    public VirtualReply? ReplyTo(ReadOnlySpan<char> text) => _written.TryGetValue(text, out var entry) ? entry.Reply : null;

    /// <summary>The reply recorded for arguments equal to these.</summary>
    public VirtualReply? ReplyTo(string json) => TryRead(json, out var arguments, out _) && _exact.TryGetValue(arguments.Key, out var entry) ? entry.Reply : null;

    public ToolAnswer Answer(string json) =>
        !TryRead(json, out var arguments, out var refused) ? refused
        : _exact.TryGetValue(arguments.Key, out var recorded) ? recorded.Answer
        : Check(json, arguments) ?? Simulate(arguments);

    /// <summary>What is wrong with a call's arguments; null when they may be sent.</summary>
    public ToolAnswer? Check(string json) => TryRead(json, out var arguments, out var refused) ? Check(json, arguments) : refused;

    private static bool TryRead(string json, [NotNullWhen(true)] out ArgumentSet? arguments, [NotNullWhen(false)] out ToolAnswer? refused)
    {
        try
        {
            (arguments, refused) = (ArgumentSet.Read(json), null);
            return true;
        }
        catch (ArgumentsException exception)
        {
            (arguments, refused) = (null, Refuse($"Tool input parse error at position {exception.Position}: {exception.Reason}. Give one JSON object."));
            return false;
        }
    }

    private ToolAnswer? Check(string json, ArgumentSet arguments) => _input is null ? CheckNames(arguments) : CheckSchema(_input, json);

    private ToolAnswer? CheckSchema(InputSchema input, string json)
    {
        using var document = JsonDocument.Parse(CanonicalArguments.FromJson(json));
        return input.Fault(Documentation.Key.FunctionName, document.RootElement) is { } fault ? Refuse(fault) : null;
    }

    private ToolAnswer? CheckNames(ArgumentSet arguments)
    {
        var known = Documentation.Parameters.Length == 0 ? "takes no arguments" : $"takes {string.Join(", ", Documentation.Parameters.Select(parameter => parameter.Name))}";
        if (arguments.Names.FirstOrDefault(name => !_parameters.Contains(name)) is { } unknown)
        {
            return Refuse($"{Documentation.Key.FunctionName} got an unexpected argument '{unknown}'; it {known}.");
        }

        var missing = Documentation.Parameters.FirstOrDefault(parameter => parameter.Required && !arguments.Names.Contains(StandardName.Of(parameter.Name)));
        return missing is null ? null : Refuse($"{Documentation.Key.FunctionName} misses its required argument '{missing.Name}'; it {known}.");
    }

    private ToolAnswer Simulate(ArgumentSet arguments)
    {
        var seed = StableHash.Of(arguments.Key, StableHash.Of(Documentation.Key.ToString()));
        if (_answers.IsEmpty)
        {
            return Definition.Template is null && _response is not null
                ? new ToolAnswer(ToolStatus.Ok, "", _response.Example(seed), Provenance.SimulatedSchema)
                : new ToolAnswer(ToolStatus.Ok, "", TemplateFiller.Fill(Definition.Template, seed), Provenance.SimulatedTemplate);
        }

        var nearest = _answers
            .OrderByDescending(answer => answer.Arguments.Similarity(arguments))
            .ThenBy(answer => StableHash.Of(answer.Arguments.Key, seed))
            .First();
        return nearest.Entry.Answer with { Provenance = Provenance.SimulatedNearest };
    }

    /// <summary>The answer to a call of an API that there is not.</summary>
    public static ToolAnswer Unknown(ApiKey api) => new(ToolStatus.UnknownApi, $"No such function name: {api.FunctionName}", "", Provenance.World);

    private static ToolAnswer Refuse(string error) => new(ToolStatus.BadInput, error, "", Provenance.World);
}
