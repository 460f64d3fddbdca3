using System.Globalization;
using System.Text;
using StepTool.Core.Episodes;
using StepTool.Core.Tools;

namespace StepTool.Bench.Engines.Overhead;

/// <summary>The same data twice: as the house's records, and as records with Orleans' generated codecs.</summary>
internal static class Messages
{
    /// <summary>Characters of an answer.</summary>
    internal const int TextLength = 10_240;

    private const string CallId = "bench/12/3";
    private const string Arguments = """{"city":"Lisbon","limit":20,"units":"metric"}""";

    private static readonly ApiKey Api = new("Weather", "open_weather", "forecast");

    /// <summary>An answer as tools give it: JSON, quotes and all.</summary>
    private static readonly string Text = Answer();

    internal static ToolRequest Request { get; } = new(new ToolCall(Api, Arguments), CallId, 0);

    internal static ToolReply Reply { get; } = new ToolAnswer(ToolStatus.Ok, "", Text, Provenance.Real);

    internal static Step Step { get; } = new()
    {
        Decision = new Decision(new CallApi(Request.Call), -1.25, 3, 7),
        Observation = Text,
        Provenance = Provenance.Real,
        Success = true,
        Reward = 0.5,
    };

    internal static BareRequest BareRequest { get; } = new(new BareCall(new BareApi(Api.Category, Api.Tool, Api.Api), Arguments), CallId, 0);

    internal static BareReply BareReply { get; } = new BareAnswer(ToolStatus.Ok, "", Text, Provenance.Real);

    internal static BareStep BareStep { get; } = new(new BareDecision(new BareCallApi(BareRequest.Call), -1.25, 3, 7), ToolStatus.Ok, Text, Provenance.Real, true, false, false, 0.5);

    private static string Answer()
    {
        var text = new StringBuilder("[");
        for (var hour = 0; text.Length < TextLength - 80; hour++)
        {
            text.Append(CultureInfo.InvariantCulture, $$$"""{"hour":{{{hour}}},"summary":"light rain","temperature":{{{12 + (hour % 7)}}}.5,"wind":{"speed":3.1,"from":"SW"}},""");
        }

        text.Append('0');
        return text.Append(' ', TextLength - text.Length - 1).Append(']').ToString();
    }
}

/// <summary>An API's key.</summary>
[GenerateSerializer, Immutable]
public readonly record struct BareApi(string Category, string Tool, string Api);

/// <summary>A call.</summary>
[GenerateSerializer, Immutable]
public sealed record BareCall(BareApi Api, string Arguments);

/// <summary>A call as it is sent.</summary>
[GenerateSerializer, Immutable]
public sealed record BareRequest(BareCall Call, string CallId, int Attempt);

/// <summary>What became of a call.</summary>
[GenerateSerializer, Immutable]
public abstract record BareReply;

/// <summary>An answer.</summary>
[GenerateSerializer, Immutable]
public sealed record BareAnswer(ToolStatus Status, string Error, string Response, Provenance Provenance) : BareReply;

/// <summary>An action.</summary>
[GenerateSerializer, Immutable]
public abstract record BareAction;

/// <summary>Calls an API.</summary>
[GenerateSerializer, Immutable]
public sealed record BareCallApi(BareCall Call) : BareAction;

/// <summary>An action and how it was chosen.</summary>
[GenerateSerializer, Immutable]
public sealed record BareDecision(BareAction Action, double LogProbability, int? Version, int Candidate);

/// <summary>One turn.</summary>
[GenerateSerializer, Immutable]
public sealed record BareStep(
    BareDecision Decision, ToolStatus Status, string Observation, Provenance? Provenance, bool Success, bool Repeats, bool Contributes, double Reward);
