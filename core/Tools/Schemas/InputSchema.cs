using System.Text.Json;

namespace StepTool.Core.Tools.Schemas;

/// <summary>The schema of an API's arguments, and the words for whoever got them wrong.</summary>
/// <param name="schema">The schema.</param>
internal sealed class InputSchema(JsonSchema schema)
{
    private const int MostShown = 4;
    private const int LongestExample = 400;

    /// <summary>What is wrong with arguments, and what right ones look like; null when they are right.</summary>
    /// <param name="function">Name by which the caller knows the API.</param>
    /// <param name="arguments">The arguments: one JSON object.</param>
    public string? Fault(string function, JsonElement arguments)
    {
        var violations = schema.Check(arguments);
        if (violations.IsEmpty)
        {
            return null;
        }

        var shown = string.Join(". ", violations.Take(MostShown).Select(violation => violation.ToString()));
        var more = violations.Length > MostShown ? $". And {violations.Length - MostShown} more" : "";
        var example = schema.Example(0, onlyRequired: true);
        var hint = example.Length <= LongestExample ? $" For example: {example}" : "";
        return $"{function} was not called: {shown}{more}.{hint}";
    }
}
