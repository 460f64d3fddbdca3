using StepTool.Core.Chance;

namespace StepTool.Core.Worlds.BuiltIn.Words;

/// <summary>Made-up proper names: tools, registered names, people.</summary>
internal static class Names
{
    private static readonly string[] Starts =
        "Al Bren Cor Dal El Fen Gal Hol Il Jor Kel Lum Mar Nor Ol Pel Quin Ros Sal Tor Ul Ver Wex Yar Zen".Split(' ');

    private static readonly string[] Middles =
        "a be da do fi ga ki la lo mi na ra ri so ta ve vi zo".Split(' ');

    private static readonly string[] Ends =
        "bar beck dan dell fax gate kin lan mere nix ric ster ton vale var wick worth zar".Split(' ');

    private static readonly string[] Suffixes = ["Hub", "Desk", "Cloud", "Works", "Base", "Point", "Link", "Stack"];

    /// <summary>A tool's published name, such as "Norvidan Desk".</summary>
    public static string Tool(SeededRandom random) => $"{Word(random)} {Pick(Suffixes, random)}";

    /// <summary>A name under which something is registered: one word, such as "Salmibeck".</summary>
    public static string Word(SeededRandom random) => Pick(Starts, random) + Pick(Middles, random) + Pick(Ends, random);

    /// <summary>A person's name: 450 first names, 8,100 last names.</summary>
    public static string Person(ulong hash)
    {
        var random = new SeededRandom(hash);
        return $"{Pick(Starts, random)}{Pick(Middles, random)} {Word(random)}";
    }

    private static string Pick(string[] words, SeededRandom random) => words[random.NextInt(words.Length)];
}
