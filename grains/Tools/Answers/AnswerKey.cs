using StepTool.Core.Chance;
using StepTool.Core.Tools;

namespace StepTool.Grains.Tools.Answers;

/// <summary>What an answer is kept under: equal calls of an API of a world, however their arguments are written.</summary>
/// <param name="World">Reference of the world.</param>
/// <param name="Api">The API.</param>
/// <param name="Arguments">What equal calls have in common.</param>
internal sealed record AnswerKey(string World, ApiKey Api, string Arguments)
{
    /// <summary>The key of a call; null where its arguments are no JSON object, so that no answer to it is kept.</summary>
    internal static AnswerKey? Of(string world, ToolCall call)
    {
        try
        {
            return new AnswerKey(world, call.Api, CanonicalArguments.CacheKey(call.Arguments));
        }
        catch (ArgumentsException)
        {
            return null;
        }
    }

    /// <summary>The key in storage.</summary>
    internal string Stored => $"{ToolApiKey.Of(World, Api)}/{StableHash.Content(Arguments)}";
}
