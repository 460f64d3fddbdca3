using System.Text.Encodings.Web;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using StepTool.Core.Tools;

namespace StepTool.Silo.Tools.Mcp;

/// <summary>Reads what a tool answered: its structured content where it has some, else its texts; all else is described.</summary>
internal static class ToolContent
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Answered Read(CallToolResult result)
    {
        var text = result.StructuredContent is { } structured ? Json(structured) : string.Join('\n', result.Content.Select(Text));
        return result.IsError == true ? new Answered(ToolStatus.RequestError, "The tool reported an error", AnswerText.Clean(text)) : Answered.Ok(AnswerText.Clean(text));
    }

    // The session's own reader has escaped what it need not.
    private static string Json(JsonElement structured)
    {
        try
        {
            return JsonSerializer.Serialize(structured, Relaxed);
        }
        catch (InvalidOperationException)
        {
            return structured.GetRawText(); // with half of a surrogate pair in it
        }
    }

    private static string Text(ContentBlock block) => block switch
    {
        TextContentBlock text => text.Text,
        ImageContentBlock image => AnswerText.Binary(image.MimeType ?? "", image.DecodedData.Length),
        AudioContentBlock audio => AnswerText.Binary(audio.MimeType ?? "", audio.DecodedData.Length),
        ResourceLinkBlock link => $"[resource {link.Uri}: {link.Title ?? link.Name}]",
        EmbeddedResourceBlock { Resource: TextResourceContents text } => text.Text,
        EmbeddedResourceBlock { Resource: BlobResourceContents blob } => $"{blob.Uri}: {AnswerText.Binary(blob.MimeType ?? "", blob.DecodedData.Length)}",
        _ => $"[content of type {block.Type}, not shown]",
    };
}
