using System.Globalization;

namespace StepTool.Core.Worlds;

/// <summary>Names a world so that every silo can load it without asking another: <c>built-in:SEED</c>, <c>recorded:SEED:DISTRACTORS:HASH</c> or <c>catalogue:HASH</c>.</summary>
public abstract record WorldReference
{
    /// <summary>Reads a reference.</summary>
    /// <exception cref="ArgumentException">The text is of none of these forms.</exception>
    public static WorldReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(':');
        return parts switch
        {
            ["built-in", var seed] when Number(seed, out var number) => new BuiltInReference(number),
            ["recorded", var seed, var distractors, { Length: 64 } hash] when Number(seed, out var number) && Number(distractors, out var count) && count <= 1000 =>
                new RecordedReference(number, (int)count, hash),
            ["catalogue", { Length: 64 } hash] => new CatalogueReference(hash),
            _ => throw new ArgumentException(
                $"World '{text}' is not of the form built-in:SEED, recorded:SEED:DISTRACTORS:HASH or catalogue:HASH; 'steptool tools import' makes the last two."),
        };
    }

    private static bool Number(string text, out ulong number) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>The generated world.</summary>
/// <param name="Seed">World seed.</param>
public sealed record BuiltInReference(ulong Seed) : WorldReference
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"built-in:{Seed}");
}

/// <summary>A recorded world.</summary>
/// <param name="Seed">World seed: split, distractors and order.</param>
/// <param name="Distractors">Distractors at least.</param>
/// <param name="Archive">Blob of the packed archive.</param>
public sealed record RecordedReference(ulong Seed, int Distractors, string Archive) : WorldReference
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"recorded:{Seed}:{Distractors}:{Archive}");
}

/// <summary>A catalogue of APIs without tasks.</summary>
/// <param name="Archive">Blob of the packed catalogue.</param>
public sealed record CatalogueReference(string Archive) : WorldReference
{
    /// <inheritdoc/>
    public override string ToString() => $"catalogue:{Archive}";
}
