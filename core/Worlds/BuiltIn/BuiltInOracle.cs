using StepTool.Core.Episodes;
using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>
/// Follows a task's truth: tries a registered name, retries what can be retried, switches where an API is gone, and finishes with the truth
/// stated last.
/// </summary>
internal static class BuiltInOracle
{
    internal static AgentAction Act(Situation situation, GeneratedTask known)
    {
        var (steps, truth) = (situation.Steps, known.Truth);
        var done = 0;
        foreach (var step in steps)
        {
            done += step.Success && done < truth.Chain.Length && IsCall(step, truth.Chain[done]) ? 1 : 0;
        }

        if (done == truth.Chain.Length)
        {
            var last = steps.Last(step => step.Success
                && ObservationReader.Read(step.Observation).Any(value => value.Field == known.RequestedField));
            return IsCall(last, truth.Chain[^1]) || situation.TurnsLeft < 2 ? new Finish() : Call(truth.Chain[^1], steps);
        }

        var isNameUnknown = done == 0 && truth.Name is not null
            && !steps.Any(step => step.Observation.Contains(truth.Chain[0].Id, StringComparison.Ordinal));
        return isNameUnknown ? Call(truth.Chain[0].Api, truth.Name!) : Call(truth.Chain[done], steps);
    }

    private static CallApi Call(ChainCall call, IEnumerable<Step> steps)
    {
        var isGone = call.Mirror is not null && steps.Any(step => step.Call is { } made && !step.Success && made == Call(call.Api, call.Id).Call
            && step.Status is ToolStatus.RequestError or ToolStatus.NotSubscribed);
        return Call(isGone ? call.Mirror! : call.Api, call.Id);
    }

    private static bool IsCall(Step step, ChainCall call) =>
        step.Call is { } made && call.IsServedBy(made.Api) && made.Arguments == Call(call.Api, call.Id).Call.Arguments;

    private static CallApi Call(GeneratedApi api, string id) => new(new ToolCall(api.Key, $$"""{"{{api.Parameter}}":"{{id}}"}"""));
}
