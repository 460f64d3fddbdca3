using StepTool.Core.Tools;

namespace StepTool.Grains.Tools;

/// <summary>Keys of API grains: <c>world/category/tool/api</c>.</summary>
public static class ToolApiKey
{
    /// <summary>The key of an API in a world.</summary>
    public static string Of(string world, ApiKey api) => $"{world}/{api}";

    /// <summary>World and API of a key.</summary>
    /// <exception cref="FormatException">The key is not of that form.</exception>
    public static (string World, ApiKey Api) Parse(string key)
    {
        var end = key.Length;
        for (var part = 0; part < 3 && end > 0; part++)
        {
            end = key.LastIndexOf('/', end - 1);
        }

        return end > 0 && ApiKey.TryParse(key[(end + 1)..], out var api)
            ? (key[..end], api)
            : throw new FormatException($"API grain key '{key}' is not of the form world/category/tool/api.");
    }
}
