using System.Text.Json;
using StepTool.Core.Tools;

namespace StepTool.Core.Rewards;

/// <summary>
/// Whether a tool call worked, by the rules StepTool was released with: not when there is an error, when the response is an object with status 400,
/// or a text that holds "wrong", "error" or "is empty" or starts with "Please".
/// </summary>
public static class SuccessRule
{
    /// <summary>Whether the answer is that of a call that worked.</summary>
    public static bool IsSuccess(ToolAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.Error.Length > 0 || answer.Status is not ToolStatus.Ok)
        {
            return false;
        }

        var response = answer.Response.AsSpan().Trim();
        return response is ['{', ..] && IsObject(answer.Response, out var status)
            ? status != 400
            : !(response.Contains("wrong", StringComparison.Ordinal)
                || response.Contains("error", StringComparison.Ordinal)
                || response.Contains("is empty", StringComparison.Ordinal)
                || response.StartsWith("Please", StringComparison.Ordinal));
    }

    private static bool IsObject(string response, out int status)
    {
        status = 0;
        try
        {
            using var document = JsonDocument.Parse(response);
            if (document.RootElement.TryGetProperty("status", out var element) && element.ValueKind == JsonValueKind.Number)
            {
                _ = element.TryGetInt32(out status);
            }

            return true;
        }
        catch (JsonException)
        {
            return false; // cut in the middle: judged as text
        }
    }
}
