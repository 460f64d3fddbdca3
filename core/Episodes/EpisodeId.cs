using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StepTool.Core.Episodes;

/// <summary>Names an episode by its run and its ordinal in it; written <c>run/ordinal</c>.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Ordinal">Position in the run, from 0.</param>
[JsonConverter(typeof(EpisodeIdConverter))]
public readonly record struct EpisodeId(string Run, long Ordinal)
{
    /// <summary>Reads <c>run/ordinal</c>.</summary>
    /// <exception cref="FormatException">The text is not of that form.</exception>
    public static EpisodeId Parse(string text)
    {
        var slash = text.LastIndexOf('/');
        return slash > 0 && long.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? new EpisodeId(text[..slash], ordinal)
            : throw new FormatException($"Episode id '{text}' is not of the form run/ordinal, such as train-1/42.");
    }

    /// <summary>The id of a call made in the given step.</summary>
    public string CallId(int step) => $"{Run}/{Ordinal}#{step}";

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Run}/{Ordinal}");
}

/// <summary>Writes an episode id as text.</summary>
public sealed class EpisodeIdConverter : JsonConverter<EpisodeId>
{
    /// <inheritdoc/>
    public override EpisodeId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        EpisodeId.Parse(reader.GetString() ?? "");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EpisodeId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
