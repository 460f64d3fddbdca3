using System.Text.Json;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds;

namespace StepTool.Client.Catalogues;

/// <summary>Says in words how an API is called and what is known of it.</summary>
internal static class ApiWords
{
    private const int LongestBrief = 120;
    private static readonly JsonWriterOptions Indentation = new() { Indented = true };

    /// <summary>How an API is called, in a word or two.</summary>
    public static string Call(IWorld world, ApiDocumentation api)
    {
        var definition = world.TryDefine(api.Key, out var found) ? found : null;
        return definition?.Binding switch
        {
            HttpBinding http => $"{http.Method}{(api.Mutates ? ", changes" : "")}",
            McpBinding mcp => $"mcp {mcp.Server}{(api.Mutates ? ", changes" : "")}",
            FunctionBinding => $"function{(api.Mutates ? ", changes" : "")}",
            _ => definition is { Answers.IsEmpty: false } ? "recorded" : "simulated",
        };
    }

    /// <summary>The beginning of a description, for a row of a table.</summary>
    public static string Brief(string description)
    {
        var line = string.Join(' ', description.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestBrief ? line : $"{line[..Math.Max(line.LastIndexOf(' ', LongestBrief), LongestBrief / 2)]} ...";
    }

    /// <summary>A name and what it stands for.</summary>
    public static string Named(string name, string description) => description.Length > 0 ? $"{name}: {description}" : name;

    /// <summary>Whether it changes anything, and who says so.</summary>
    public static string Safety(ApiDocumentation api) =>
        $"{(api.Mutates ? "changes the world outside" : "safe to repeat")}{(api.IsSafe is null ? "" : " (as its documentation says outright)")}";

    /// <summary>How it is called, what it needs for that, and where answers come from otherwise.</summary>
    public static IEnumerable<string> Lines(ApiDefinition api)
    {
        yield return "Called by: " + api.Binding switch
        {
            HttpBinding http => $"HTTP {http.Method} {http.Server}{http.Path}{(http.BodyMediaType is { } type ? $", body {type}" : "")}",
            McpBinding mcp => $"tool '{mcp.Tool}' of MCP server '{mcp.Server}'",
            FunctionBinding function => $"function '{function.Name}' of the host",
            _ => "nothing; it answers from what is recorded, or made up",
        };
        if (api.Binding is HttpBinding { Security.IsEmpty: false } secured)
        {
            yield return "Credentials: " + string.Join(", or ", secured.Security.Select(requirement =>
                requirement.Schemes.IsEmpty ? "none" : string.Join(" and ", requirement.Schemes.Select(scheme => $"StepTool:Tools:Credentials:{scheme.Name}{(scheme.Kind == SecurityKind.Unsupported ? " (of a kind that cannot be sent)" : "")}"))));
        }

        yield return $"Without a call: {api.Answers.Length} recorded answers, {(api.Template is not null ? "a response template" : api.ResponseSchema is not null ? "a response schema" : "nothing to make one up from")}";
        yield return $"Arguments are checked by {(api.InputSchema is null ? "name" : "JSON Schema (--schema shows it)")}";
    }

    /// <summary>JSON over several lines.</summary>
    public static string Indented(string json)
    {
        using var document = JsonDocument.Parse(json);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indentation))
        {
            document.RootElement.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
