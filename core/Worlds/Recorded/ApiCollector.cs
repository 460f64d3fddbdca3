using System.Collections.Immutable;
using StepTool.Core.Rewards;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Gathers APIs and their recorded answers while a folder is read.</summary>
internal sealed class ApiCollector
{
    private readonly SortedDictionary<ApiKey, Entry> _entries = [];

    /// <summary>Adds an API unless it is known; documentation of the tools folder is read first and so comes before a query's own.</summary>
    public void Add(ApiDocumentation documentation, string? template)
    {
        if (!_entries.TryGetValue(documentation.Key, out var known))
        {
            _entries.Add(documentation.Key, new Entry(documentation, template, new(StringComparer.Ordinal)));
        }
        else if (known.Template is null && template is not null)
        {
            _entries[documentation.Key] = known with { Template = template };
        }
    }

    /// <summary>Whether the API is documented.</summary>
    public bool Knows(ApiKey key) => _entries.ContainsKey(key);

    /// <summary>Adds a recorded answer. Of two for equal calls one that worked is kept, else the first; true when the call is new.</summary>
    public bool AddAnswer(ApiKey key, RecordedAnswer answer)
    {
        var answers = _entries[key].Answers;
        var arguments = ArgumentSet.Read(answer.Arguments).Key;
        if (answers.TryGetValue(arguments, out var known))
        {
            answers[arguments] = Works(known) || !Works(answer) ? known : answer;
            return false;
        }

        answers.Add(arguments, answer);
        return true;
    }

    public ImmutableArray<ApiDefinition> ToArchive() =>
        [.. _entries.Values.Select(entry => new ApiDefinition(entry.Documentation, entry.Template, [.. entry.Answers.Values]))];

    private static bool Works(RecordedAnswer answer) =>
        SuccessRule.IsSuccess(new ToolAnswer(RecordedStatus.Of(answer.Error), answer.Error, answer.Response, Provenance.Recorded));

    private sealed record Entry(ApiDocumentation Documentation, string? Template, SortedDictionary<string, RecordedAnswer> Answers);
}
