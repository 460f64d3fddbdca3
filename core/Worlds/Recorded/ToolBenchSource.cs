using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Core.Worlds.Catalogues.Imports;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>
/// A folder in ToolBench's or StableToolBench's layout, for a catalogue: its <c>tools</c> and its <c>tool_response_cache</c>, either or both, of any size. Queries
/// are left alone.
/// </summary>
/// <param name="folder">Holds <c>tools</c>, <c>toolenv/tools</c> or <c>tool_response_cache</c>.</param>
public sealed class ToolBenchSource(string folder) : IApiSource
{
    private const string Tools = "tools";
    private const string OlderTools = "toolenv/tools";
    private const string Cache = "tool_response_cache";
    private const int AnswersTogether = 256;

    /// <summary>Whether a folder is in one of the layouts.</summary>
    public static bool IsIn(string folder) => new[] { Tools, OlderTools, Cache }.Any(part => Directory.Exists(Path.Combine(folder, part)));

    /// <inheritdoc/>
    public IAsyncEnumerable<SourcePart> PartsAsync(CancellationToken cancellationToken) =>
        !IsIn(folder)
            ? throw new CatalogueException($"The folder '{folder}' holds neither {Tools} nor {OlderTools} nor {Cache}. Give a folder in ToolBench's layout.")
            : Files(Tools).Concat(Files(OlderTools)).Select(file => Part(file, ReadToolAsync))
                .Concat(Files(Cache).Select(file => Part(file, ReadCacheAsync)))
                .ToAsyncEnumerable();

    private SourcePart Part(string file, Func<string, PartReading, CancellationToken, IAsyncEnumerable<ApiFragment>> read) =>
        SourcePart.OfFile(Path.Combine(folder, file), file, (reading, cancellationToken) => read(file, reading, cancellationToken));

    private IEnumerable<string> Files(string part)
    {
        var root = Path.Combine(folder, part);
        return !Directory.Exists(root)
            ? []
            : Directory.EnumerateFiles(root, "*.json", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
                .Order(StringComparer.Ordinal);
    }

    private async IAsyncEnumerable<ApiFragment> ReadToolAsync(string file, PartReading reading, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(JsonText.WithoutMark(await File.ReadAllBytesAsync(Path.Combine(folder, file), cancellationToken)));
        }
        catch (JsonException exception)
        {
            throw NotJson(exception);
        }

        using (document)
        {
            foreach (var api in ToolFileReader.Read(file, document.RootElement, (_, where, reason) => reading.Skip(where, reason)))
            {
                yield return ApiFragment.Of(api);
            }
        }
    }

    private async IAsyncEnumerable<ApiFragment> ReadCacheAsync(string file, PartReading reading, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (file.Split('/').Length < 4)
        {
            throw new CatalogueException("not in the layout: answers stand in Category/tool_for_Category/api.json");
        }

        var (key, answers, isWhole) = (CacheFileReader.Key(file), ImmutableArray.CreateBuilder<RecordedAnswer>(), false);
        await using var stream = File.OpenRead(Path.Combine(folder, file));
        var members = new JsonMembers(stream);
        while (!isWhole)
        {
            try
            {
                if (await members.NextAsync(cancellationToken) is { } member)
                {
                    answers.Add(CacheFileReader.Answer(member.Name, member.Value, (where, reason) => reading.Skip(where, $"unreadable arguments: {reason}")));
                }
                else
                {
                    isWhole = true;
                }
            }
            catch (JsonException exception)
            {
                reading.Skip(JsonText.Where(exception), $"not JSON: {JsonText.Reason(exception)} What stands before is kept");
                isWhole = true;
            }

            if (answers.Count > 0 && (isWhole || answers.Count == AnswersTogether))
            {
                yield return new ApiFragment(key, null, answers.DrainToImmutable());
            }
        }
    }

    private static CatalogueException NotJson(JsonException exception) => new($"not JSON: {JsonText.Where(exception)}, {JsonText.Reason(exception)}", exception);
}
