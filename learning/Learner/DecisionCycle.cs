using StepTool.Core.Chance;

namespace StepTool.Learning.Learner;

/// <summary>Some decisions again and again, each time through in another order.</summary>
/// <param name="decisions">The decisions, at least one; they are shuffled in place.</param>
/// <param name="random">Shuffles.</param>
internal sealed class DecisionCycle(int[] decisions, SeededRandom random)
{
    private int _next;

    /// <summary>The next ones.</summary>
    public Memory<int> Take(int count)
    {
        var taken = new int[count];
        for (var index = 0; index < count; index++)
        {
            if (_next == 0)
            {
                random.Shuffle(decisions);
            }

            taken[index] = decisions[_next];
            _next = (_next + 1) % decisions.Length;
        }

        return taken;
    }
}
