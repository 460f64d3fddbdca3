using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Reads the status of a recorded answer from its error text.</summary>
internal static class RecordedStatus
{
    private static readonly (string Sign, ToolStatus Status)[] Signs =
    [
        ("no such function", ToolStatus.UnknownApi),
        ("timed out", ToolStatus.TimedOut),
        ("timeout", ToolStatus.TimedOut),
        ("not subscribed", ToolStatus.NotSubscribed),
        ("unsubscribed", ToolStatus.NotSubscribed),
        ("unauthorized", ToolStatus.Unauthorised),
        ("too many requests", ToolStatus.TooManyRequests),
        ("rate limit", ToolStatus.RateLimited),
        ("not found", ToolStatus.NotFound),
        ("unexpected keyword", ToolStatus.BadInput),
        ("required positional", ToolStatus.BadInput),
        ("message error", ToolStatus.MessageError),
    ];

    /// <summary>The status that fits an error text; Ok for an empty one.</summary>
    public static ToolStatus Of(string error)
    {
        if (error.Length == 0)
        {
            return ToolStatus.Ok;
        }

        foreach (var (sign, status) in Signs)
        {
            if (error.Contains(sign, StringComparison.OrdinalIgnoreCase))
            {
                return status;
            }
        }

        return ToolStatus.RequestError;
    }
}
