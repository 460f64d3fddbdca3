using System.Collections.Immutable;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Catalogues.Imports;

/// <summary>Where a catalogue's APIs come from: files, folders, servers.</summary>
public interface IApiSource
{
    /// <summary>Its parts, in an order that depends on nothing but the source.</summary>
    /// <exception cref="CatalogueException">The source cannot be read at all.</exception>
    IAsyncEnumerable<SourcePart> PartsAsync(CancellationToken cancellationToken);
}

/// <summary>A part of a source that is read as a whole, or, after an interruption, again: a file, or what one server lists.</summary>
/// <param name="Name">Path or name, by which people are told of it.</param>
/// <param name="Version">Differs when the part may have changed: for a file its length and time.</param>
/// <param name="Read">Reads it. What cannot be used goes to <see cref="PartReading.Skip"/>; a <see cref="CatalogueException"/> skips what is left of the part.</param>
public sealed record SourcePart(string Name, string Version, Func<PartReading, CancellationToken, IAsyncEnumerable<ApiFragment>> Read)
{
    /// <summary>A part that is a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What to call it.</param>
    /// <param name="read">Reads it.</param>
    public static SourcePart OfFile(string path, string name, Func<PartReading, CancellationToken, IAsyncEnumerable<ApiFragment>> read)
    {
        var file = new FileInfo(path);
        return new SourcePart(name, file.Exists ? $"{file.Length}/{file.LastWriteTimeUtc.Ticks}" : "", read);
    }
}

/// <summary>What a part says of one API: its definition, answers, or both. Fragments of the same key come together in the end.</summary>
/// <param name="Key">The API.</param>
/// <param name="Definition">What is known of it; null where another part documents it.</param>
/// <param name="Answers">Recorded answers.</param>
public sealed record ApiFragment(ApiKey Key, ApiDefinition? Definition, ImmutableArray<RecordedAnswer> Answers)
{
    /// <summary>A fragment that is a whole API.</summary>
    public static ApiFragment Of(ApiDefinition api) => new(api.Documentation.Key, api, []);
}

/// <summary>An entry that an import left out.</summary>
/// <param name="Part">The part it stands in.</param>
/// <param name="Where">Where in the part; empty for the whole.</param>
/// <param name="Reason">Why; what stands before the first colon is counted by.</param>
public sealed record SkippedPart(string Part, string Where, string Reason)
{
    /// <summary>What such entries are counted by.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Kind => Reason.Split(':')[0].TrimEnd('.');

    /// <inheritdoc/>
    public override string ToString() => Where.Length > 0 ? $"{Part}, {Where}: {Reason}" : $"{Part}: {Reason}";
}
