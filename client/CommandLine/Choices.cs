using System.CommandLine;
using StepTool.Core.Text;

namespace StepTool.Client.CommandLine;

/// <summary>Options with a few known values; any other is refused with name, value, the known ones and the nearest of them.</summary>
internal static class Choices
{
    /// <summary>An option of an enumeration's names, in whatever case, that may be left out.</summary>
    public static Option<T?> Optional<T>(string name, string description, string helpName)
        where T : struct, Enum => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                var text = result.Tokens is [var token] ? token.Value : "";
                var known = Array.Find(Enum.GetNames<T>(), known => known.Equals(text, StringComparison.OrdinalIgnoreCase));
                if (known is null)
                {
                    result.AddError(Refusal(name, text, Enum.GetNames<T>().Select(known => known.ToLowerInvariant())));
                    return null;
                }

                return Enum.Parse<T>(known);
            },
        };

    /// <summary>Limits an option to some values.</summary>
    public static void Among<T>(this Option<T> option, params string[] known)
    {
        option.CompletionSources.Add(known);
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !known.Contains(token.Value, StringComparer.Ordinal)))
            {
                result.AddError(Refusal(option.Name, token.Value, known));
            }
        });
    }

    private static string Refusal(string name, string text, IEnumerable<string> known) =>
        $"{name} is '{text}'; it must be one of {string.Join(", ", known)}, such as {name} {Spelling.Nearest(text.ToLowerInvariant(), known) ?? known.First()}.";
}
