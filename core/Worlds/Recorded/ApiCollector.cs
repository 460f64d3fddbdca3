using System.Collections.Immutable;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Gathers APIs and their recorded answers while a folder is read.</summary>
internal sealed class ApiCollector
{
    private readonly SortedDictionary<ApiKey, Entry> _entries = [];
    private readonly SortedDictionary<ApiKey, Entry> _undocumented = [];

    /// <summary>Adds an API unless it is known; documentation of the tools folder is read first and so comes before a query's own.</summary>
    public void Add(ApiDefinition api)
    {
        if (!_entries.TryGetValue(api.Documentation.Key, out var known))
        {
            _entries.Add(api.Documentation.Key, new Entry(api, new AnswerSet()));
        }
        else if (known.Api.Template is null && api.Template is not null)
        {
            _entries[api.Documentation.Key] = known with { Api = known.Api with { Template = api.Template } };
        }
    }

    /// <summary>Whether the API is documented.</summary>
    public bool Knows(ApiKey key) => _entries.ContainsKey(key);

    /// <summary>Adds an API of which nothing but its names is known.</summary>
    public void AddUndocumented(ApiKey key) => _undocumented.TryAdd(key, new Entry(ApiDefinition.Undocumented(key), new AnswerSet()));

    /// <summary>Adds a recorded answer, see <see cref="AnswerSet"/>; true when the call is new.</summary>
    public bool AddAnswer(ApiKey key, RecordedAnswer answer) => (_entries.TryGetValue(key, out var entry) ? entry : _undocumented[key]).Answers.Add(answer);

    /// <summary>All documented APIs.</summary>
    public ImmutableArray<ApiDefinition> ToArchive() => [.. _entries.Values.Select(entry => entry.ToDefinition())];

    /// <summary>All others.</summary>
    public ImmutableArray<ApiDefinition> ToUndocumented() => [.. _undocumented.Values.Select(entry => entry.ToDefinition())];

    private sealed record Entry(ApiDefinition Api, AnswerSet Answers)
    {
        public ApiDefinition ToDefinition() => Answers.AddTo(Api);
    }
}
