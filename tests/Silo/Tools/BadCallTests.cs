using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using StepTool.Core.Chance;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Silo.Tools;
using Xunit;
using Xunit.Abstractions;

namespace StepTool.Tests.Silo.Tools;

/// <summary>Whatever arguments, bindings and answers hold, each call gets a typed reply.</summary>
[Trait("Kind", "Property")]
public sealed class BadCallTests(ITestOutputHelper output)
{
    private const ulong Seed = 20261122;
    private const int Calls = 10_000;
    private static readonly string[] Texts = ["", ".", "..", "a", "/../etc", "a\r\nX: y", "\0", "\ud800", "\u202e", "%2e%2e", "{}", "{id}", "ä€😀", "https://evil.example.com/", "@evil.example.com", "?a=b#c", new string('x', 5000)];

    [Fact]
    public async Task CallAsync_GeneratedCalls_EachGetsATypedReplyAndNoneGetsOut()
    {
        output.WriteLine($"seed {Seed}");
        var random = new SeededRandom(Seed);
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.Create(
            new() { ["AllowedHosts:0"] = $"127.0.0.1:{server.Port}", ["AllowPrivateAddresses"] = "true", ["McpServers:none:Command"] = "/no/such/program" }, configure: services => StepTool.Silo.Tools.Functions.ToolFunctionServices.AddTool(services, "f", (int a) => a));
        var counts = new Dictionary<string, int>();

        for (var call = 0; call < Calls; call++)
        {
            var api = Apis.Bound(Binding(random, server), Pick(random, "GET", "POST", "DELETE", "CALL"));
            var reply = await house.Caller.CallAsync(api, new ToolCall(api.Documentation.Key, Arguments(random)), CancellationToken.None);
            var kind = reply.Reply switch
            {
                ToolAnswer { Error.Length: > 0 } or ToolAnswer { Status: ToolStatus.Ok } => $"answer {((ToolAnswer)reply.Reply).Status}",
                ToolFaulted { Fault.Message.Length: > 0 } faulted => $"fault {faulted.Fault.Kind}",
                _ => throw new InvalidOperationException($"call {call}: {reply}"),
            };
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
        }

        output.WriteLine(string.Join(", ", counts.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {pair.Value}")));
        Assert.Equal(Calls, counts.Values.Sum());
        Assert.InRange(counts.Count, 4, 12);
        Assert.All(server.Seen, seen => Assert.StartsWith("/ok", seen.RawTarget, StringComparison.Ordinal));
    }

    [Fact]
    public void Clean_GeneratedTexts_KeepJsonAndLoseControlCharacters()
    {
        output.WriteLine($"seed {Seed}");
        var random = new SeededRandom(Seed);
        for (var number = 0; number < Calls; number++)
        {
            var json = Value(random, 3)?.ToJsonString() ?? "null";
            var escaped = json.Replace("a", $"\\u{random.NextInt(0x10000):x4}", StringComparison.Ordinal);
            var raw = new string([.. Enumerable.Range(0, random.NextInt(40)).Select(_ => (char)random.NextInt(0x10000))]);

            Assert.Equal(AnswerText.IsJson(escaped), AnswerText.IsJson(AnswerText.Clean(escaped)));
            Assert.All([AnswerText.Clean(raw), AnswerText.Clean(escaped)], text => Assert.False(IsBad(text), $"{number}: {text}"));
            if (AnswerText.IsJson(escaped))
            {
                Assert.NotNull(JsonSerializer.Serialize(JsonNode.Parse(AnswerText.Clean(escaped)))); // half a surrogate pair would throw
            }
        }
    }

    private static bool IsBad(string text) => text.Any(character => char.IsControl(character) && character is not ('\t' or '\n' or '\r')) || Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) != text;

    private static ApiBinding Binding(SeededRandom random, UnrulyServer server) => random.NextInt(10) switch
    {
        0 => new McpBinding(Pick(random, "none", "other", ""), Text(random)),
        1 => new FunctionBinding(Pick(random, "f", "g", "")),
        2 => new HttpBinding(Text(random), Text(random), Text(random)),
        _ => new HttpBinding(Pick(random, "GET", "POST", "HEAD", "G T", ""), server.Url, Pick(random, "/ok", "/ok/{a}", "/ok/{b}/{c}"))
        {
            BodyMediaType = Pick(random, null!, "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "nonsense"),
            Parameters = [.. new[] { "a", "b", "c" }.Select(name => new HttpParameter(
                name, random.NextInt(8) == 0 ? Text(random) : name, (ParameterPlace)random.NextInt(6), (ParameterStyle)random.NextInt(8), random.NextInt(2) == 0))],
        },
    };

    private static string Arguments(SeededRandom random) => random.NextInt(20) switch
    {
        0 => Text(random),
        1 => """{"a": "\ud800", "b": ["\udfff"], "\ud800": 1}""",
        _ => new JsonObject(new[] { "a", "b", "c" }.Where(_ => random.NextInt(4) > 0).Select(name => KeyValuePair.Create(name, Value(random, 3)))).ToJsonString(),
    };

    private static JsonNode? Value(SeededRandom random, int depth) => random.NextInt(depth > 0 ? 7 : 5) switch
    {
        0 => null,
        1 => random.NextInt(2) == 0,
        2 => JsonNode.Parse(random.NextDouble().ToString("R", CultureInfo.InvariantCulture)),
        3 or 4 => Text(random).Replace("\ud800", "", StringComparison.Ordinal),
        5 => new JsonArray([.. Enumerable.Range(0, random.NextInt(4)).Select(_ => Value(random, depth - 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.NextInt(4)).Select(number => KeyValuePair.Create($"a{number}", Value(random, depth - 1)))),
    };

    private static string Text(SeededRandom random) => Texts[random.NextInt(Texts.Length)];

    private static string Pick(SeededRandom random, params string[] texts) => texts[random.NextInt(texts.Length)];
}
