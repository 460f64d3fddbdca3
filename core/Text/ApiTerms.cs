using StepTool.Core.Tools;

namespace StepTool.Core.Text;

/// <summary>The terms of an API's documentation that search reads: names, descriptions and parameters.</summary>
public static class ApiTerms
{
    /// <summary>The terms in the documentation's order, repeats included.</summary>
    public static string[] Of(ApiDocumentation documentation)
    {
        ArgumentNullException.ThrowIfNull(documentation);
        var parameters = documentation.Parameters.SelectMany(parameter => new[] { parameter.Name, parameter.Description });
        return Tokeniser.Terms(string.Join(
            '\n',
            [documentation.ToolName, documentation.ApiName, documentation.ToolDescription, documentation.Description, .. parameters]));
    }
}
