using System.Collections.Immutable;
using Orleans.Concurrency;

namespace StepTool.Grains.Contracts;

/// <summary>Names that people gave to catalogues. One grain, under <see cref="Key"/>.</summary>
[Alias("StepTool.ICatalogueIndexGrain")]
public interface ICatalogueIndexGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string Key = "catalogues";

    /// <summary>Names a catalogue; a name that was given before names this one from now on.</summary>
    /// <exception cref="ArgumentException">The name is not of the form.</exception>
    [Alias("Name")]
    Task NameAsync(CatalogueName name, CancellationToken cancellationToken = default);

    /// <summary>All names, in alphabetical order.</summary>
    [Alias("Names"), ReadOnly]
    Task<ImmutableArray<CatalogueName>> NamesAsync(CancellationToken cancellationToken = default);
}

/// <summary>A named catalogue.</summary>
/// <param name="Name">1 to 64 lower-case letters, digits, "-" and "_", a letter first.</param>
/// <param name="World">Its reference.</param>
/// <param name="Apis">How many APIs it has.</param>
public sealed record CatalogueName(string Name, string World, int Apis)
{
    /// <summary>Whether a text may be a name.</summary>
    public static bool IsName(string text) =>
        text is [>= 'a' and <= 'z', ..] && text.Length <= 64 && text != "built-in" && text.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '-' or '_');
}
