using StepTool.Core.Episodes;

namespace StepTool.Learning.Policies;

/// <summary>How long steps are in tokens, for a clock that ticks per token. A token is four characters, about what tokenisers of English text make.</summary>
internal static class StepTokens
{
    private const int CharactersPerToken = 4;

    /// <summary>Tokens from the end of each action to the end of the next; after the last, those of its observation; at least 1 [steps].</summary>
    internal static int[] Count(IReadOnlyList<Step> steps)
    {
        var tokens = new int[steps.Count];
        for (var step = 0; step < tokens.Length; step++)
        {
            tokens[step] = Math.Max(1, OfText(steps[step].Observation) + (step + 1 < tokens.Length ? OfAction(steps[step + 1]) : 0));
        }

        return tokens;
    }

    private static int OfAction(Step step) => step.Call is { } call ? OfText(call.Api.ToString()) + OfText(call.Arguments) : 1;

    private static int OfText(string text) => (text.Length + CharactersPerToken - 1) / CharactersPerToken;
}
