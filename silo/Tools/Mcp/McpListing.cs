using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using StepTool.Core.Text;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Tools.Schemas;

namespace StepTool.Silo.Tools.Mcp;

/// <summary>Makes APIs of listed tools.</summary>
internal static class McpListing
{
    private const string Category = "mcp";
    private const int LongestDescription = 1024;
    private const int LongestToolDescription = 512;

    /// <summary>
    /// The API that a tool is. It is safe only where its server calls it read-only, or says nothing and the configuration does: a tool that is merely
    /// idempotent changes something, so that its answers must not be kept.
    /// </summary>
    public static ApiDefinition Define(string server, bool isSafe, McpClient client, Tool tool)
    {
        var schema = tool.InputSchema.GetRawText();
        return new ApiDefinition(
            new ApiDocumentation
            {
                Key = ApiKey.FromNames(Category, server, tool.Name),
                ToolName = client.ServerInfo?.Title ?? client.ServerInfo?.Name ?? server,
                ApiName = tool.Title ?? tool.Annotations?.Title ?? tool.Name,
                ToolDescription = TextCut.To(client.ServerInstructions ?? client.ServerInfo?.Description ?? "", LongestToolDescription),
                Description = TextCut.To(tool.Description ?? "", LongestDescription),
                Method = "CALL",
                IsSafe = tool.Annotations?.ReadOnlyHint ?? isSafe,
                Parameters = SchemaDocumentation.Of(JsonSchema.Parse(schema)),
            },
            null,
            [])
        {
            Binding = new McpBinding(server, tool.Name),
            InputSchema = schema,
            ResponseSchema = tool.OutputSchema?.GetRawText(),
        };
    }
}
