using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;

namespace StepTool.Grains.Runs;

/// <summary>What a batch of tasks must keep to; a batch is taken wholly or not at all.</summary>
internal static class TaskBatchRules
{
    /// <summary>Tasks of a batch at most.</summary>
    internal const int MaxTasks = 1000;

    /// <summary>Checks a batch against its world.</summary>
    /// <exception cref="ArgumentException">A value breaks a rule; the message names it, its value, the rule and the remedy.</exception>
    internal static void Check(TaskBatch batch, string reference, IWorld world)
    {
        if (string.IsNullOrWhiteSpace(batch.BatchId))
        {
            throw new ArgumentException("A batch has no id; give it one of your own, so that it is taken once however often it is sent.");
        }

        if (batch.Tasks.IsDefaultOrEmpty || batch.Tasks.Length > MaxTasks)
        {
            throw new ArgumentException($"A batch has 1 to {MaxTasks} tasks; this one has {(batch.Tasks.IsDefault ? 0 : batch.Tasks.Length)}. Send it in parts.");
        }

        foreach (var task in batch.Tasks)
        {
            if (task.MaxTurns < 1)
            {
                throw new ArgumentException($"Task '{task.Id}' has a budget of {task.MaxTurns} turns; at least 1 is needed. Raise it.");
            }

            if (task.Offered.IsDefaultOrEmpty)
            {
                throw new ArgumentException($"Task '{task.Id}' offers no API; name at least 1. See 'steptool tools list'.");
            }

            foreach (var api in task.Offered)
            {
                if (!world.TryDescribe(api, out _))
                {
                    throw new ArgumentException($"Task '{task.Id}' offers API '{api}', which world '{reference}' does not have; see 'steptool tools list'.");
                }
            }
        }
    }
}
