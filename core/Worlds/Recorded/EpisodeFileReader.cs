using System.Collections.Immutable;
using System.Text.Json;
using StepTool.Core.Rewards;
using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Reads <c>recorded/&lt;group&gt;.jsonl</c>: one real episode a line, with the judges' votes.</summary>
internal static class EpisodeFileReader
{
    private const string FinishFunction = "Finish";
    private const string GaveUp = "give_up_and_restart";

    public static IEnumerable<ArchivedEpisode> Read(string path, string file, Func<string, bool> isTask, SkipEntry skip)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            ArchivedEpisode? episode = null;
            try
            {
                using var document = JsonDocument.Parse(line);
                episode = Episode(document.RootElement);
            }
            catch (JsonException exception)
            {
                skip(file, $"line {number}, byte {exception.BytePositionInLine + 1}", JsonText.Reason(exception));
                continue;
            }

            if (isTask(episode.Task))
            {
                yield return episode;
            }
            else
            {
                skip(file, $"line {number}", $"no query of the folder has the query_id '{episode.Task}'");
            }
        }
    }

    private static ArchivedEpisode Episode(JsonElement root)
    {
        var steps = ImmutableArray.CreateBuilder<ArchivedStep>();
        var answer = "";
        foreach (var step in JsonText.Items(root, "steps"))
        {
            var (function, arguments, response) = (JsonText.Member(step, "name"), JsonText.Member(step, "arguments"), JsonText.Member(step, "response"));
            if (function == FinishFunction)
            {
                answer = FinalAnswer(arguments);
                continue;
            }

            var canonical = CanonicalArguments.TryFromJson(arguments, out var read, out _) ? read : "";
            steps.Add(new ArchivedStep(function, canonical, SuccessRule.IsSuccess(Answer(response))));
        }

        var votes = JsonText.Items(root, "votes").Select(JsonText.Of).ToArray();
        return new ArchivedEpisode(
            JsonText.Member(root, "query_id"), JsonText.Member(root, "method"), steps.DrainToImmutable(), answer, votes.Count(vote => vote == "Solved"), votes.Length);
    }

    // Long answers are cut where they were recorded, and then are no JSON any more.
    private static string FinalAnswer(string arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(arguments);
            return JsonText.Member(document.RootElement, "return_type") == GaveUp ? "" : JsonText.Member(document.RootElement, "final_answer");
        }
        catch (JsonException)
        {
            const string Field = "\"final_answer\":";
            var at = arguments.IndexOf(Field, StringComparison.Ordinal);
            return at < 0 || arguments.Contains(GaveUp, StringComparison.Ordinal) ? "" : arguments[(at + Field.Length)..].Trim(' ', '"', '}', '\n');
        }
    }

    private static ToolAnswer Answer(string response)
    {
        try
        {
            using var document = JsonDocument.Parse(response);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Answered(JsonText.Member(document.RootElement, "error"), JsonText.Member(document.RootElement, "response"))
                : Answered("", response);
        }
        catch (JsonException)
        {
            const string NoError = "{\"error\": \"\", \"response\": ";
            return response.StartsWith(NoError, StringComparison.Ordinal) ? Answered("", response[NoError.Length..].TrimStart('"')) : Answered(response, "");
        }
    }

    private static ToolAnswer Answered(string error, string response) => new(RecordedStatus.Of(error), error, response, Provenance.Recorded);
}
