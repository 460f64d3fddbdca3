using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>
/// A generated world, with nothing to download: typed APIs in many categories with generated documentation, and tasks in which an identifier out of
/// one answer is the argument of the next call. Train and test share no tool and only part of their vocabularies; wrong calls mostly succeed, with
/// plausible data.
/// </summary>
public sealed class BuiltInWorld : IWorld
{
    /// <summary>Name of the world's one group of tasks.</summary>
    public const string Group = "built-in";

    /// <summary>Changes whenever equal options come to make another world.</summary>
    internal const int GeneratorVersion = 1;

    private const int MostTurns = 7;
    private readonly FrozenDictionary<ApiKey, GeneratedApi> _apis;
    private readonly FrozenDictionary<string, GeneratedTask> _tasks;
    private readonly ImmutableArray<ApiKey> _keys;
    private readonly Answers _answers;

    internal BuiltInWorld(BuiltInWorldOptions options, IReadOnlyList<GeneratedTask> tasks, IEnumerable<GeneratedApi> apis, Answers answers)
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{Group}-{options.Seed}-{options.Fingerprint}");
        Tasks = [.. tasks.Select(task => task.Task)];
        _tasks = tasks.ToFrozenDictionary(task => task.Task.Id, StringComparer.Ordinal);
        _apis = apis.ToFrozenDictionary(api => api.Key);
        _keys = [.. _apis.Keys.OrderBy(key => key.ToString(), StringComparer.Ordinal)];
        _answers = answers;
        Judge = new BuiltInJudge(_tasks);
        Demonstrator = new ScriptedDemonstrator(this, options.Seed);
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public ImmutableArray<AgentTask> Tasks { get; }

    /// <inheritdoc/>
    public int DefaultMaxTurns => MostTurns;

    /// <inheritdoc/>
    public IEnumerable<ApiKey> Apis => _keys;

    /// <inheritdoc/>
    public IJudge Judge { get; }

    /// <inheritdoc/>
    public IDemonstrator? Demonstrator { get; }

    /// <summary>None: every generated task can be solved.</summary>
    public ImmutableArray<string> Excluded => [];

    /// <summary>Makes the world of the options; the same world each time.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static BuiltInWorld Create(BuiltInWorldOptions? options = null)
    {
        options ??= new BuiltInWorldOptions();
        options.Validate();
        return WorldWriter.Write(options);
    }

    /// <inheritdoc/>
    public TaskLabels Labels(AgentTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return _tasks.TryGetValue(task.Id, out var known) ? known.Labels : new TaskLabels(Split.None, task.Id, Group, 0, "");
    }

    /// <inheritdoc/>
    public bool TryDescribe(ApiKey api, [NotNullWhen(true)] out ApiDocumentation? documentation)
    {
        documentation = _apis.TryGetValue(api, out var known) ? known.Documentation : null;
        return documentation is not null;
    }

    /// <inheritdoc/>
    public ToolAnswer Answer(ToolCall call, int attempt)
    {
        ArgumentNullException.ThrowIfNull(call);
        return _apis.TryGetValue(call.Api, out var api)
            ? _answers.Answer(api, call.Arguments, attempt)
            : new ToolAnswer(ToolStatus.UnknownApi, $"There is no API {call.Api}.", "", Provenance.World);
    }

    /// <inheritdoc/>
    public bool Supplies(Episode episode, int step)
    {
        ArgumentNullException.ThrowIfNull(episode);
        var taken = episode.Steps[step];
        return taken.Success && taken.Call is not null && _tasks.TryGetValue(episode.Task.Id, out var task)
            && ObservationReader.Read(taken.Observation).Any(value => value.Field == task.RequestedField);
    }

    /// <summary>What a policy that knows the truth does: for demonstrations, tests and the upper reference.</summary>
    /// <exception cref="ArgumentException">The task is not of this world.</exception>
    internal AgentAction Oracle(Situation situation) => BuiltInOracle.Act(situation, Known(situation.Task));

    /// <summary>All that the world knows of a task.</summary>
    internal GeneratedTask Known(AgentTask task) =>
        _tasks.TryGetValue(task.Id, out var known) ? known : throw new ArgumentException($"Task '{task.Id}' is not of world {Id}.", nameof(task));

    /// <summary>How the world made an API.</summary>
    internal GeneratedApi Known(ApiKey api) => _apis[api];
}
