using System.Globalization;
using System.Text;
using StepTool.Core.Chance;
using Xunit;
using Xunit.Abstractions;

namespace StepTool.Tests.Silo;

/// <summary>Ten thousand bad requests over HTTP: each is made with the answer that StableToolBench's server gives it, and gets it.</summary>
[Trait("Kind", "Property")]
public sealed class BadRequestTests(VirtualSilo silo, ITestOutputHelper output) : IClassFixture<VirtualSilo>
{
    private const int Requests = 10_000;
    private const int Connections = 16;
    private const string Missing = """ "msg":"field required","type":"value_error.missing"}""";
    private const string Null = """ "msg":"none is not an allowed value","type":"type_error.none.not_allowed"}""";
    private const string NoText = """ "msg":"str type expected","type":"type_error.str"}""";
    private const string NoObject = """ "msg":"value is not a valid dict","type":"type_error.dict"}""";
    private const string Unreadable = """{"detail":"There was an error parsing the body"}""";
    private static readonly string[] Fields = ["category", "tool_name", "api_name", "tool_input", "strip", "toolbench_key"];
    private static readonly string[] Texts = ["a", "Weather", "id", "", "é", "世", "😀", "\"", "'", "\\", "/", "..", " ", "_for_", "\u2028", "{", "%00", "x\ty"];

    [Fact]
    public async Task Post_TenThousandBadRequests_EachGetsItsAnswer()
    {
        var seed = (ulong)DateTimeOffset.Parse("2026-01-01", CultureInfo.InvariantCulture).Year;
        output.WriteLine($"seed {seed}");
        var random = new SeededRandom(seed);
        var requests = Enumerable.Range(0, Requests).Select(_ => Make(random)).ToArray();
        var wrong = new List<string>();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (request, _) =>
        {
            var answer = await silo.PostAsync(request.Body, contentType: request.ContentType);
            if (answer.Status != request.Status || !request.Fits(answer.Body))
            {
                lock (wrong)
                {
                    wrong.Add($"{Encoding.UTF8.GetString(request.Body)} as {request.ContentType}: {answer.Status} {answer.Body}, expected {request.Status}");
                }
            }
        });

        Assert.True(wrong.Count == 0, $"seed {seed}, {wrong.Count} wrong: {string.Join(Environment.NewLine, wrong.Take(5))}");
        Assert.Equal(200, (await silo.PostAsync(VirtualSilo.Recorded)).Status);
    }

    private static BadRequest Make(SeededRandom random)
    {
        switch (random.NextInt(9))
        {
            case 0: // fields missing or of the wrong type
            case 1:
                return BadFields(random);
            case 2: // cut off
                var whole = Write(random);
                return Syntax(whole[..(1 + random.NextInt(whole.Length - 1))]);
            case 3: // something behind the end
                var full = Write(random);
                return new(full + " x", 422, body => body.Contains($$"""{"type":"json_invalid","loc":["body",{{Characters(full) + 1}}],""", StringComparison.Ordinal) && body.Contains("Extra data", StringComparison.Ordinal));
            case 4: // no text
                var bytes = Encoding.UTF8.GetBytes(Write(random));
                bytes[4 + random.NextInt(bytes.Length - 4)] = 0xFF;
                return new(bytes, 400, body => body == Unreadable);
            case 5: // too deep
                return new(new string('[', 971 + random.NextInt(5000)), 400, body => body == Unreadable);
            case 6: // no object
                var other = new[] { "5", "true", "\"ab\"", "[1]", "-1.5e3", "NaN", "[[]]" }[random.NextInt(7)];
                return new(other, 422, body => body == Detail([("", NoObject)]));
            case 7: // input that is no JSON
                var input = new[] { "x", "{", "{'a': 1}", " ", "True", "{\"a\": 1,}", "[1 2]", "\u00a0{}", "{\"a\": 01}", "+1", new string('[', 2000) }[random.NextInt(11)];
                return new(Write(random, ("tool_input", Quote(input))), 200, body => body == """{"error":"Tool input parse error...\n","response":""}""");
            default: // content that is not JSON
                return new(Encoding.UTF8.GetBytes(Write(random)), 422, body => body == Detail([("", NoObject)])) { ContentType = random.NextInt(2) == 0 ? "text/plain" : "application/octet-stream" };
        }
    }

    private static BadRequest BadFields(SeededRandom random)
    {
        var faults = new List<(string Field, string Fault)>();
        var members = new List<(string Name, string Value)>();
        while (faults.Count == 0)
        {
            members.Clear();
            foreach (var field in Fields)
            {
                var isInput = field == "tool_input";
                var (value, found) = random.NextInt(5) switch
                {
                    0 => (null, [Missing]),
                    1 => ("null", [Null]),
                    2 when isInput => ("[1, {\"a\": 2}]", [NoText, NoObject]),
                    2 => (random.NextInt(2) == 0 ? "{}" : "[]", [NoText]),
                    3 => (random.NextInt(2) == 0 ? "12.50" : "-3", []),
                    _ => (Quote(isInput ? "{}" : Text(random)), (string[])[]),
                };
                faults.AddRange(found.Select(fault => (field, fault)));
                if (value is not null)
                {
                    members.Add((field, value));
                }
            }
        }

        var expected = Detail(faults);
        return new(Encoding.UTF8.GetBytes(Object(random, members)), 422, body => body == expected);
    }

    private static BadRequest Syntax(string text) => new(text, 422, body =>
        body.StartsWith("""{"detail":[{"type":"json_invalid","loc":["body",""", StringComparison.Ordinal)
        && body.Contains(""","msg":"JSON decode error","input":{},"ctx":{"error":""", StringComparison.Ordinal)
        && int.Parse(body.Split(',')[2].TrimEnd(']'), CultureInfo.InvariantCulture) <= Characters(text));

    private static string Write(SeededRandom random, (string Name, string Value)? given = null) => Object(
        random, [.. Fields.Select(field => field == given?.Name ? given.Value : (field, Quote(field == "tool_input" ? "{}" : Text(random))))]);

    // In any order, with other members between.
    private static string Object(SeededRandom random, List<(string Name, string Value)> members)
    {
        (string Name, string Value)[] all = [.. members, .. Enumerable.Range(0, random.NextInt(2)).Select(index => ($"other{index}", "{\"x\": [1e5, null]}"))];
        random.Shuffle<(string Name, string Value)>(all);
        var space = random.NextInt(2) == 0 ? " " : "\n\t";
        return $"{{{space}{string.Join("," + space, all.Select(member => $"\"{member.Name}\":{space}{member.Value}"))}}}";
    }

    private static string Text(SeededRandom random) => string.Concat(Enumerable.Range(0, random.NextInt(5)).Select(_ => Texts[random.NextInt(Texts.Length)]));

    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private static int Characters(string text) => text.EnumerateRunes().Count();

    private static string Detail(IEnumerable<(string Field, string Fault)> faults) =>
        $$"""{"detail":[{{string.Join(',', faults.Select(fault => $$"""{"loc":["body"{{(fault.Field.Length > 0 ? $",\"{fault.Field}\"" : "")}}],{{fault.Fault.TrimStart()}}"""))}}]}""";

    private sealed record BadRequest(byte[] Body, int Status, Func<string, bool> Fits)
    {
        public BadRequest(string body, int status, Func<string, bool> fits)
            : this(Encoding.UTF8.GetBytes(body), status, fits)
        {
        }

        public string ContentType { get; init; } = "application/json";
    }
}
