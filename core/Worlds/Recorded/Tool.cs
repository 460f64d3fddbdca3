using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Names the tool of an API: <c>category/tool</c>.</summary>
internal static class Tool
{
    public static string Of(ApiKey api) => $"{api.Category}/{api.Tool}";
}
