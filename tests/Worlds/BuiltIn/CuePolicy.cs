using StepTool.Core.Candidates;
using StepTool.Core.Episodes;
using StepTool.Core.Text;

namespace StepTool.Tests.Worlds.BuiltIn;

/// <summary>
/// A policy written by hand from the cues that every learner sees: words shared with the query, freshness of values, faults read from errors. What it
/// solves can be learnt without knowing a single word of the world.
/// </summary>
internal static class CuePolicy
{
    public static AgentAction Choose(Situation situation)
    {
        var query = Tokeniser.TermSet(situation.Task.Query);
        var last = situation.Steps.IsEmpty ? null : situation.Steps[^1];
        if (situation.TurnsLeft == 1 || (last is { Success: true } && HoldsRequested(last, query)))
        {
            return new Finish();
        }

        var isRetriable = last is { Success: false }
            && (last.Observation.Contains("Try again", StringComparison.Ordinal) || last.Observation.Contains("Retry", StringComparison.Ordinal));
        return isRetriable && situation.Steps.Count(step => step.Call == last!.Call) == 1 ? last!.Decision.Action : Best(situation, query);
    }

    private static AgentAction Best(Situation situation, HashSet<string> query)
    {
        var ranking = new Bm25([.. situation.Apis.Select(api => (IReadOnlyList<string>)Tokeniser.Terms($"{api.ApiName} {api.Description}"))]);
        var tried = situation.Steps.Select(step => step.Call).ToHashSet();
        var freshest = situation.Steps
            .Select((step, index) => step.Success || step.Observation.Contains("On file", StringComparison.Ordinal) ? index : -1)
            .DefaultIfEmpty(-1).Max();
        return CandidateGenerator.Enumerate(situation)
            .Where(candidate => candidate.Action is CallApi call && !tried.Contains(call.Call))
            .MaxBy(candidate => Said(situation, candidate, query, ranking) + Fitting(situation, candidate, query, freshest))!.Action;
    }

    private static double Said(Situation situation, Candidate candidate, HashSet<string> query, Bm25 ranking)
    {
        var api = situation.Apis[candidate.Api];
        double Shared(string text) => Tokeniser.TermSet(text).Where(query.Contains).Sum(ranking.Idf);
        return Shared($"{api.ApiName} {api.Description}") + (2 * Shared(api.ApiName));
    }

    private static double Fitting(Situation situation, Candidate candidate, HashSet<string> query, int freshest)
    {
        var binding = candidate.Bindings[0];
        var parameter = Tokeniser.TermSet(situation.Apis[candidate.Api].Parameters[0].Name);
        var qualifiers = Tokeniser.Terms(binding.Field).Where(term => !parameter.Contains(term)).ToArray();
        var isFresh = binding.Step >= freshest && binding.Match > 0.6f && (binding.Step < 0 || qualifiers.Length > 0);
        return (isFresh ? 20 : 0) + (binding.Match > 0.9f ? 10 : 0) + (binding.Step >= 0 && qualifiers.Any(query.Contains) ? 8 : 0);
    }

    private static bool HoldsRequested(Step step, HashSet<string> query) => ObservationReader.Read(step.Observation)
        .Any(value => !Play.IsIdentifier(value.Value) && Tokeniser.Terms(value.Field).Any(query.Contains));
}
