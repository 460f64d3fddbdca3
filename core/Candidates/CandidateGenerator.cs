using System.Collections.Immutable;
using StepTool.Core.Episodes;
using StepTool.Core.Tools;

namespace StepTool.Core.Candidates;

/// <summary>
/// Enumerates what an agent could do now: every offered API with arguments formed from the query, earlier answers, documented defaults and choices,
/// and Finish. Deterministic; each API has at least one candidate, its first being the best guess; further combinations fill up to <see cref="MaxCandidates"/>.
/// </summary>
public static class CandidateGenerator
{
    /// <summary>Candidates of one situation, Finish included, unless more APIs than that are offered.</summary>
    public const int MaxCandidates = 20;

    private const float MinOptionalMatch = 0.9f;
    private const int MaxCombinations = 4;

    /// <summary>The candidates: for each API in offered order its best guess, then further combinations best first, Finish last where it is offered.</summary>
    public static ImmutableArray<Candidate> Enumerate(Situation situation)
    {
        ArgumentNullException.ThrowIfNull(situation);
        if (situation.MustFinish)
        {
            return [new Candidate(new Finish(), -1, [])];
        }

        var pool = new ValuePool(situation);
        var first = new List<Candidate>(MaxCandidates);
        var further = new List<(Candidate Candidate, float Loss)>();
        for (var api = 0; api < situation.Apis.Length; api++)
        {
            Combine(situation.Apis[api], api, pool, first, further);
        }

        // A stable sort: equal losses keep the offered order.
        var room = Math.Max(0, MaxCandidates - 1 - first.Count);
        first.AddRange(further.OrderBy(item => item.Loss).Take(room).Select(item => item.Candidate));
        if (!situation.MayNotFinish || first.Count == 0)
        {
            first.Add(new Candidate(new Finish(), -1, []));
        }

        return situation.Tried.IsEmpty ? [.. first] : Untried(first, situation.Tried);
    }

    /// <summary>Index of the candidate that does the same, or -1.</summary>
    public static int Find(ImmutableArray<Candidate> candidates, AgentAction action)
    {
        for (var index = 0; index < candidates.Length; index++)
        {
            if (IsSame(action, candidates[index].Action))
            {
                return index;
            }
        }

        return -1;
    }

    // What a search has tried here is not offered again; with nothing left, Finish is.
    private static ImmutableArray<Candidate> Untried(List<Candidate> candidates, ImmutableArray<AgentAction> tried)
    {
        ImmutableArray<Candidate> left = [.. candidates.Where(candidate => !tried.Any(action => IsSame(action, candidate.Action)))];
        return left.IsEmpty ? [candidates[^1]] : left;
    }

    private static bool IsSame(AgentAction one, AgentAction other) => (one, other) switch
    {
        (CallApi call, CallApi again) => call.Call.IsSameAs(again.Call),
        (Finish, Finish) => true,
        _ => false,
    };

    private static void Combine(
        ApiDocumentation documentation, int api, ValuePool pool, List<Candidate> first, List<(Candidate Candidate, float Loss)> further)
    {
        var best = new ArgumentBinding[documentation.Parameters.Length];
        var bound = 0;
        List<(int Position, ArgumentBinding Binding, float Loss)>? alternatives = null;
        for (var index = 0; index < documentation.Parameters.Length; index++)
        {
            var parameter = documentation.Parameters[index];
            var values = pool.Rank(parameter, index);
            if (!parameter.Required && (values.Count == 0 || values[0].Match < MinOptionalMatch))
            {
                continue;
            }

            var chosen = values.Count > 0 ? values[0] : pool.Fallback(parameter, index);
            for (var other = 1; other < values.Count; other++)
            {
                (alternatives ??= []).Add((bound, values[other], chosen.Match - values[other].Match));
            }

            best[bound++] = chosen;
        }

        var bindings = best.AsSpan(0, bound);
        var from = further.Count;
        first.Add(Form(documentation, api, bindings));
        foreach (var (position, binding, loss) in alternatives is { Count: > 1 } ? alternatives.OrderBy(item => item.Loss) : alternatives ?? Enumerable.Empty<(int, ArgumentBinding, float)>())
        {
            if (further.Count - from == MaxCombinations - 1)
            {
                break;
            }

            (var kept, bindings[position]) = (bindings[position], binding);
            var changed = Form(documentation, api, bindings);
            bindings[position] = kept;
            if (changed.Action != first[^1].Action && !Knows(further, from, changed.Action))
            {
                further.Add((changed, loss)); // 1 and 1.0 are the same call
            }
        }
    }

    private static bool Knows(List<(Candidate Candidate, float Loss)> candidates, int from, AgentAction action)
    {
        for (var index = from; index < candidates.Count; index++)
        {
            if (candidates[index].Candidate.Action == action)
            {
                return true;
            }
        }

        return false;
    }

    private static Candidate Form(ApiDocumentation documentation, int api, ReadOnlySpan<ArgumentBinding> bindings) =>
        new(new CallApi(new ToolCall(documentation.Key, ArgumentWriter.Write(documentation, bindings))), api, [.. bindings]);
}
