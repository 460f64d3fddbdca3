using System.Collections.Immutable;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>What a comparison needs to be one: equal tasks, equal seeds, names that exist.</summary>
internal static class ReportInputRules
{
    public static void Check(ReportInput input)
    {
        if (input.Methods.IsDefaultOrEmpty)
        {
            throw new ArgumentException("A report needs at least one method.");
        }

        var names = new HashSet<string>();
        var expected = TasksOf(input.Methods[0]);
        foreach (var run in input.Methods)
        {
            if (!names.Add(run.Method))
            {
                throw new ArgumentException($"Method {run.Method} stands twice in the report; give each its own name.");
            }

            var tasks = TasksOf(run);
            if (!tasks.SetEquals(expected))
            {
                throw new ArgumentException(
                    $"{run.Method} was run on {tasks.Count} tasks and {input.Methods[0].Method} on {expected.Count}, of which {expected.Except(tasks).Count} are missing; run both on the same tasks.");
            }
        }

        foreach (var name in input.Comparisons.SelectMany(pair => new[] { pair.Method, pair.Against }).Where(name => !names.Contains(name)))
        {
            throw new ArgumentException($"A comparison names {name}, which is none of {string.Join(", ", names)}.");
        }
    }

    private static ImmutableHashSet<string> TasksOf(MethodRun run)
    {
        var seeds = run.Outcomes.GroupBy(outcome => outcome.Seed).ToList();
        if (seeds.Count == 0)
        {
            throw new ArgumentException($"{run.Method} has no outcome; evaluate it or leave it out.");
        }

        var tasks = run.Outcomes.Select(outcome => outcome.Task).ToImmutableHashSet();
        foreach (var seed in seeds)
        {
            var own = seed.Select(outcome => outcome.Task).ToList();
            if (own.Count != tasks.Count || !tasks.SetEquals(own))
            {
                throw new ArgumentException(
                    $"{run.Method} has {own.Count} outcomes with seed {seed.Key} for {tasks.Count} tasks; each task needs exactly one a seed.");
            }
        }

        return tasks;
    }
}
