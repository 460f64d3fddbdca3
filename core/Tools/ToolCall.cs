namespace StepTool.Core.Tools;

/// <summary>A call of one API.</summary>
/// <param name="Api">The API.</param>
/// <param name="Arguments">Arguments as a canonical JSON object: see <c>CanonicalArguments</c>.</param>
public sealed record ToolCall(ApiKey Api, string Arguments)
{
    /// <summary>Whether two calls ask the same, however their arguments are quoted: 1, 1.0 and "1" meet. Arguments that are no JSON object meet only themselves.</summary>
    public bool IsSameAs(ToolCall? other) => other is not null && Api == other.Api && (Arguments == other.Arguments || Key(Arguments) == Key(other.Arguments));

    private static string Key(string arguments) => CanonicalArguments.TryFromJson(arguments, out var canonical, out _) ? CanonicalArguments.CacheKey(canonical) : arguments;
}

/// <summary>A call as it is sent: what to call, for whom, and which try of the same call within the episode it is.</summary>
/// <param name="Call">API and canonical arguments.</param>
/// <param name="CallId">Episode and step; equal ids are the same call.</param>
/// <param name="Attempt">How many equal calls this episode made before: 0 for the first.</param>
/// <param name="Mode">Where the answer may come from.</param>
public sealed record ToolRequest(ToolCall Call, string CallId, int Attempt, ToolMode Mode = ToolMode.Recorded);
