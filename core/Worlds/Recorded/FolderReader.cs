using System.Collections.Immutable;
using System.Text.Json;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Reads a whole folder in StableToolBench's layout, in a fixed order.</summary>
internal sealed class FolderReader(string folder)
{
    private const string Queries = "solvable_queries/test_instruction";
    private const string Tools = "tools";
    private const string Cache = "tool_response_cache";
    private const string Recorded = "recorded";
    private readonly List<SkippedEntry> _skipped = [];

    public (ArchiveContent Content, ImportReport Report) Read()
    {
        CheckLayout();
        var apis = new ApiCollector();
        ReadFiles(Tools, "*.json", (file, root) =>
        {
            foreach (var api in ToolFileReader.Read(file, root, Skip))
            {
                apis.Add(api);
            }
        });
        var tasks = new SortedDictionary<string, ArchivedTask>(StringComparer.Ordinal);
        ReadFiles(Queries, "*.json", (file, root) => QueryFileReader.Read(file, root, apis, tasks, Skip));
        if (tasks.Count == 0)
        {
            throw new RecordedWorldException(
                $"No query of '{Path.Combine(folder, Queries)}' can be used{(_skipped.Count > 0 ? $"; the first is {_skipped[0]}" : " (it holds no *.json file)")}. " +
                "Restore the files from StableToolBench's solvable_queries.");
        }

        var answers = 0;
        ReadFiles(Cache, "*.json", (file, root) => answers += CacheFileReader.Read(file, root, apis, Skip));
        var episodes = ImmutableArray.CreateBuilder<ArchivedEpisode>();
        foreach (var file in Files(Recorded, "*.jsonl"))
        {
            episodes.AddRange(EpisodeFileReader.Read(Path.Combine(folder, file), file, tasks.ContainsKey, Skip));
        }

        var content = new ArchiveContent(ArchiveContent.CurrentVersion, apis.ToArchive(), [.. tasks.Values], episodes.DrainToImmutable()) { Undocumented = apis.ToUndocumented() };
        return (content, new ImportReport(tasks.Count, content.Apis.Length, answers, content.Episodes.Length, [.. _skipped]));
    }

    private void CheckLayout()
    {
        if (!Directory.Exists(folder))
        {
            throw new RecordedWorldException($"The folder '{folder}' does not exist. Point --data at a folder in StableToolBench's layout.");
        }

        var missing = new[] { Queries, Tools }.Where(part => !Directory.Exists(Path.Combine(folder, part))).ToArray();
        if (missing.Length > 0)
        {
            var found = Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(8).ToArray();
            throw new RecordedWorldException(
                $"The folder '{folder}' is not in StableToolBench's layout: {string.Join(" and ", missing)} missing; " +
                $"found {(found.Length == 0 ? "nothing" : string.Join(", ", found))}. " +
                "Point --data at the folder that holds solvable_queries, tools and tool_response_cache.");
        }
    }

    private IEnumerable<string> Files(string part, string pattern)
    {
        var root = Path.Combine(folder, part);
        return !Directory.Exists(root)
            ? []
            : Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
                .Order(StringComparer.Ordinal);
    }

    private void ReadFiles(string part, string pattern, Action<string, JsonElement> read)
    {
        foreach (var file in Files(part, pattern))
        {
            try
            {
                using var document = JsonDocument.Parse(JsonText.WithoutMark(File.ReadAllBytes(Path.Combine(folder, file))));
                read(file, document.RootElement);
            }
            catch (JsonException exception)
            {
                Skip(file, JsonText.Where(exception), JsonText.Reason(exception));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Skip(file, "", exception.Message);
            }
        }
    }

    private void Skip(string file, string where, string reason) => _skipped.Add(new SkippedEntry(file, where, reason));
}

/// <summary>Takes note of a file or entry that is left out.</summary>
internal delegate void SkipEntry(string file, string where, string reason);
