using System.Collections.Immutable;
using System.Text.Json;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Reads <c>tools/&lt;Category&gt;/&lt;tool&gt;.json</c>, and the API entries that queries carry in nearly the same form.</summary>
internal static class ToolFileReader
{
    /// <summary>The APIs of one file.</summary>
    public static IEnumerable<ApiDefinition> Read(string file, JsonElement root, SkipEntry skip)
    {
        var category = Path.GetFileName(Path.GetDirectoryName(file)) ?? "";
        var toolName = JsonText.Member(root, "tool_name");
        var standard = JsonText.Member(root, "standardized_name") is { Length: > 0 } given ? given : toolName;
        if (standard.Length == 0)
        {
            skip(file, "", "a tool needs a tool_name or a standardized_name");
            yield break;
        }

        foreach (var api in JsonText.Items(root, "api_list"))
        {
            var name = JsonText.Member(api, "name");
            if (name.Length == 0)
            {
                skip(file, "api_list", "an API needs a name");
                continue;
            }

            yield return Define(
                ApiKey.FromNames(category, standard, name), toolName.Length > 0 ? toolName : standard, name, JsonText.Member(root, "tool_description"), JsonText.Member(api, "description"), api);
        }
    }

    /// <summary>One API entry; required parameters come first.</summary>
    public static ApiDefinition Define(ApiKey key, string toolName, string apiName, string toolDescription, string description, JsonElement api)
    {
        var parameters = ImmutableArray.CreateBuilder<ParameterDocumentation>();
        foreach (var (member, required) in new[] { ("required_parameters", true), ("optional_parameters", false) })
        {
            foreach (var parameter in JsonText.Items(api, member))
            {
                var name = JsonText.Member(parameter, "name").Trim();
                if (name.Length > 0 && parameters.All(known => StandardName.Of(known.Name) != StandardName.Of(name)))
                {
                    var given = JsonText.Member(parameter, "default");
                    parameters.Add(new ParameterDocumentation(
                        name, TypeOf(JsonText.Member(parameter, "type")), required, JsonText.Member(parameter, "description"), given.Length > 0 ? given : null, []));
                }
            }
        }

        var method = JsonText.Member(api, "method").ToUpperInvariant();
        var documentation = new ApiDocumentation
        {
            Key = key,
            ToolName = toolName,
            ApiName = apiName,
            ToolDescription = toolDescription,
            Description = description,
            Method = method.Length > 0 ? method : "GET",
            Parameters = parameters.DrainToImmutable(),
        };
        return new ApiDefinition(documentation, Template(api), []) { Binding = ToolBenchBinding.Of(documentation, api) };
    }

    private static string? Template(JsonElement api) =>
        JsonText.Member(api, "template_response") is { Length: > 2 } template ? template : null;

    private static ParameterType TypeOf(string type) => type.ToUpperInvariant() switch
    {
        "NUMBER" or "INTEGER" or "INT" or "FLOAT" => ParameterType.Number,
        "BOOLEAN" or "BOOL" => ParameterType.Boolean,
        "OBJECT" => ParameterType.Object,
        "ARRAY" or "LIST" => ParameterType.Array,
        _ => ParameterType.Text,
    };
}
