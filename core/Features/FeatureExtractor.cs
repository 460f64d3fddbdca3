using System.Collections.Concurrent;
using System.Collections.Immutable;
using StepTool.Core.Candidates;
using StepTool.Core.Episodes;

namespace StepTool.Core.Features;

/// <summary>
/// Turns a situation and its candidates into numbers: how each API's documentation relates to the query, to what was already done and to what other
/// APIs need, and where each argument comes from. It reads documentation and never an API's identity, so that it speaks of tools never seen before.
/// Safe for concurrent use; what does not change during an episode is kept for recently seen tasks.
/// </summary>
public sealed class FeatureExtractor
{
    private const int MaxCachedTasks = 8192;

    private readonly ConcurrentDictionary<string, (Situation Situation, TaskIndex Index)> _tasks = new();

    /// <summary>Features of a candidate.</summary>
    public static int CandidateSize => FeatureSchema.Candidate.Length;

    /// <summary>Features of a situation.</summary>
    public static int SituationSize => FeatureSchema.Situation.Length;

    /// <summary>Writes all features.</summary>
    /// <param name="situation">The situation.</param>
    /// <param name="candidates">Its candidates.</param>
    /// <param name="candidateFeatures">Receives [candidates, <see cref="CandidateSize"/>], row by row.</param>
    /// <param name="situationFeatures">Receives [<see cref="SituationSize"/>].</param>
    /// <exception cref="ArgumentException">A span is not of that length.</exception>
    public void Extract(
        Situation situation, ImmutableArray<Candidate> candidates, Span<float> candidateFeatures, Span<float> situationFeatures)
    {
        ArgumentNullException.ThrowIfNull(situation);
        if (candidateFeatures.Length != candidates.Length * CandidateSize || situationFeatures.Length != SituationSize)
        {
            throw new ArgumentException(
                $"Features of {candidates.Length} candidates are [{candidates.Length}, {CandidateSize}] and [{SituationSize}]; "
                + $"the spans have {candidateFeatures.Length} and {situationFeatures.Length} elements.");
        }

        var index = Index(situation);
        var scratch = Scratch.OfThisThread;
        var (history, apis, arguments) = (scratch.History, scratch.Apis, scratch.Arguments);
        history.Read(situation, index);
        situationFeatures.Clear();
        candidateFeatures.Clear();
        SituationWriter.Write(situation, history, situationFeatures);
        apis.Read(index, history, candidates);
        arguments.Read(situation, index, history, candidates);
        for (var row = 0; row < candidates.Length; row++)
        {
            var features = candidateFeatures.Slice(row * CandidateSize, CandidateSize);
            if (candidates[row].Api < 0)
            {
                SituationWriter.WriteFinish(situation, history, features);
            }
            else
            {
                apis.Write(candidates[row], features);
                arguments.Write(row, features);
            }
        }
    }

    private TaskIndex Index(Situation situation)
    {
        if (_tasks.TryGetValue(situation.Task.Id, out var known) && IsSame(known.Situation, situation))
        {
            return known.Index;
        }

        if (_tasks.Count >= MaxCachedTasks)
        {
            _tasks.Clear(); // rare; the next situations fill it again
        }

        var index = new TaskIndex(situation.Task.Query, situation.Apis);
        _tasks[situation.Task.Id] = (situation, index);
        return index;
    }

    // Documentation belongs to its world and is made once, so the same texts are the same objects.
    private static bool IsSame(Situation one, Situation other) =>
        one.Task.Query == other.Task.Query && one.Apis.AsSpan().SequenceEqual(other.Apis.AsSpan(), ReferenceEqualityComparer.Instance);
}
