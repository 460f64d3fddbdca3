using StepTool.Core.Tools;

namespace StepTool.Core.Text;

/// <summary>What search reads of an API's documentation: names, descriptions and parameters.</summary>
public static class ApiTerms
{
    /// <summary>The documentation's terms by <see cref="Tokeniser"/>, in order, repeats included.</summary>
    public static string[] Of(ApiDocumentation documentation) => Tokeniser.Terms(Text(documentation));

    /// <summary>The documentation's words by <see cref="PlainWords"/>, in order, repeats included.</summary>
    public static string[] Plain(ApiDocumentation documentation) => PlainWords.Of(Text(documentation));

    private static string Text(ApiDocumentation documentation)
    {
        ArgumentNullException.ThrowIfNull(documentation);
        var parameters = documentation.Parameters.SelectMany(parameter => new[] { parameter.Name, parameter.Description });
        return string.Join(
            '\n', [documentation.ToolName, documentation.ApiName, documentation.ToolDescription, documentation.Description, .. parameters]);
    }
}
