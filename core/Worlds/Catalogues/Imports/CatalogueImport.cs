using System.Collections.Immutable;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Tools.Schemas;
using StepTool.Core.Worlds.Recorded;

namespace StepTool.Core.Worlds.Catalogues.Imports;

/// <summary>Reads sources into one catalogue. What is read is kept in a work file, so that an import that was interrupted goes on where it was.</summary>
/// <param name="workFile">The work file; kept until <see cref="Complete"/>.</param>
public sealed class CatalogueImport(string workFile)
{
    private const int ExamplesKept = 20;

    /// <summary>Reads all sources and packs them.</summary>
    /// <param name="sources">The sources; of two definitions of one API the first counts.</param>
    /// <param name="output">Takes the catalogue's content.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="skipped">Told every entry left out; null where counts are enough.</param>
    /// <param name="cancellationToken">Stops between two entries; the next import of the same work file goes on.</param>
    /// <exception cref="CatalogueException">A source cannot be read at all, or there is nothing to pack.</exception>
    public async Task<CatalogueReport> RunAsync(
        IReadOnlyList<IApiSource> sources, Stream output, IProgress<ImportProgress>? progress, Action<SkippedPart>? skipped, CancellationToken cancellationToken)
    {
        using (var spool = Open())
        {
            var parts = new List<SourcePart>();
            foreach (var source in sources)
            {
                await foreach (var part in source.PartsAsync(cancellationToken))
                {
                    parts.Add(part);
                }
            }

            var kept = spool.Parts.Zip(parts).TakeWhile(pair => pair.First.Name == pair.Second.Name && pair.First.Version == pair.Second.Version).Count();
            spool.KeepOnly(kept);
            var answers = 0L;
            for (var index = kept; index < parts.Count; index++)
            {
                progress?.Report(new ImportProgress(parts[index].Name, index, parts.Count, spool.Apis.Count, answers, spool.SkippedCount));
                answers += await ReadAsync(parts[index], spool, cancellationToken);
            }

            return Pack(spool, parts.Count, kept, output, progress, skipped, cancellationToken);
        }
    }

    /// <summary>Deletes the work file: for when the catalogue is stored.</summary>
    public void Complete() => File.Delete(workFile);

    private ImportSpool Open()
    {
        try
        {
            return new ImportSpool(workFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CatalogueException($"The work file '{workFile}' cannot be used: {exception.Message} If no other import of the same sources runs, delete it.", exception);
        }
        catch (Exception exception) when (exception is FormatException or System.Text.Json.JsonException or InvalidOperationException or InvalidDataException)
        {
            throw new CatalogueException($"The work file '{workFile}' is damaged: {exception.Message} Delete it to begin again.", exception);
        }
    }

    private static async Task<long> ReadAsync(SourcePart part, ImportSpool spool, CancellationToken cancellationToken)
    {
        var (reading, answers) = (new PartReading(part.Name, spool.Tools, spool.Add), 0L);
        try
        {
            await foreach (var fragment in part.Read(reading, cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                answers += fragment.Answers.Length;
                spool.Add(fragment);
            }
        }
        catch (CatalogueException exception)
        {
            reading.Skip("", exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reading.Skip("", $"cannot be read: {exception.Message}");
        }

        spool.Complete(part, reading.Named);
        return answers;
    }

    private static CatalogueReport Pack(
        ImportSpool spool, int parts, int kept, Stream output, IProgress<ImportProgress>? progress, Action<SkippedPart>? skipped, CancellationToken cancellationToken)
    {
        var writer = new CatalogueWriter(output);
        var (apis, answers, left) = (0, 0L, new SkipCounter(skipped));
        foreach (var entry in spool.ReadSkipped())
        {
            left.Add(entry);
        }

        foreach (var key in spool.Apis.Keys)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (api, isUndocumented) = Join(key, spool.Read(key), left);
            writer.Add(api, isUndocumented);
            if (!isUndocumented)
            {
                apis++;
                answers += api.Answers.Length;
            }

            progress?.Report(new ImportProgress("packing", parts, parts, apis, answers, left.Count));
        }

        if (apis == 0)
        {
            throw new CatalogueException($"No API was found in {parts} parts{(left.Examples is [var first, ..] ? $"; {first}" : "")}. Give files or folders in a known form.");
        }

        writer.Complete();
        return new CatalogueReport(parts, kept, apis, answers, left.Count, left.ByKind, left.Examples);
    }

    private static (ApiDefinition Api, bool IsUndocumented) Join(ApiKey key, IEnumerable<ApiFragment> fragments, SkipCounter left)
    {
        var (definition, answers, count) = ((ApiDefinition?)null, new AnswerSet(), 0);
        foreach (var fragment in fragments)
        {
            if (definition is not null && fragment.Definition is not null)
            {
                left.Add(new SkippedPart(key.ToString(), "", "documented twice: the first documentation counts"));
            }

            definition ??= fragment.Definition;
            foreach (var answer in fragment.Answers.Concat(fragment.Definition?.Answers ?? []).Concat(fragment.Definition?.Others ?? []))
            {
                count++;
                answers.Add(answer);
            }
        }

        if (definition is null)
        {
            left.Add(new SkippedPart(key.ToString(), "", $"no documentation: {count} recorded answers are of an API that no source documents, so that only /virtual answers from them"));
            return (answers.AddTo(ApiDefinition.Undocumented(key)), true);
        }

        return (answers.AddTo(definition) with
        {
            InputSchema = Readable(definition.InputSchema, key, left),
            ResponseSchema = Readable(definition.ResponseSchema, key, left),
        }, false);
    }

    private static string? Readable(string? schema, ApiKey key, SkipCounter left)
    {
        try
        {
            return schema is null || JsonSchema.Parse(schema) is null ? null : schema;
        }
        catch (ArgumentException exception)
        {
            left.Add(new SkippedPart(key.ToString(), "", $"unusable schema: {exception.Message}"));
            return null;
        }
    }

    private sealed class SkipCounter(Action<SkippedPart>? each)
    {
        private readonly SortedDictionary<string, int> _byKind = new(StringComparer.Ordinal);
        private readonly List<SkippedPart> _examples = [];

        public int Count { get; private set; }

        public ImmutableSortedDictionary<string, int> ByKind => _byKind.ToImmutableSortedDictionary(StringComparer.Ordinal);

        public ImmutableArray<SkippedPart> Examples => [.. _examples];

        // Of each kind the first is an example, so that a frequent one does not hide the others.
        public void Add(SkippedPart skipped)
        {
            Count++;
            var seen = _byKind.GetValueOrDefault(skipped.Kind);
            _byKind[skipped.Kind] = seen + 1;
            if (seen == 0 && _examples.Count < ExamplesKept)
            {
                _examples.Add(skipped);
            }

            each?.Invoke(skipped);
        }
    }
}

/// <summary>How far an import is.</summary>
/// <param name="Part">The part being read; <c>packing</c> at the end.</param>
/// <param name="Done">Parts read.</param>
/// <param name="Parts">Parts in all.</param>
/// <param name="Apis">APIs found.</param>
/// <param name="Answers">Recorded answers found in this process.</param>
/// <param name="Skipped">Entries left out.</param>
public sealed record ImportProgress(string Part, int Done, int Parts, int Apis, long Answers, int Skipped);

/// <summary>What an import read, and what it left out.</summary>
/// <param name="Parts">Parts read.</param>
/// <param name="Resumed">How many of them an earlier, interrupted import had read.</param>
/// <param name="Apis">APIs in the catalogue.</param>
/// <param name="Answers">Distinct recorded answers.</param>
/// <param name="Skipped">Entries left out.</param>
/// <param name="SkippedByKind">How many, by kind of reason.</param>
/// <param name="Examples">An entry left out of each kind.</param>
public sealed record CatalogueReport(
    int Parts, int Resumed, int Apis, long Answers, int Skipped, ImmutableSortedDictionary<string, int> SkippedByKind, ImmutableArray<SkippedPart> Examples);
