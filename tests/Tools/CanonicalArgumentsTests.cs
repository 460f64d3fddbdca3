using System.Text;
using System.Text.Json;
using StepTool.Core.Chance;
using StepTool.Core.Tools;
using Xunit;

namespace StepTool.Tests.Tools;

[Trait("Kind", "Unit")]
public sealed class CanonicalArgumentsTests
{
    [Theory]
    [InlineData("", "{}")]
    [InlineData("  ", "{}")]
    [InlineData("{ \"b\": 1.0, \"a\": \" x \" }", "{\"a\":\"x\",\"b\":1}")]
    [InlineData("{\"n\":[1e2,0.10,-0,1E-3,12345678901234567890123]}", "{\"n\":[100,0.1,0,0.001,12345678901234567890123]}")]
    [InlineData("{\"big\":1e60,\"small\":-2.50e-70}", "{\"big\":1e60,\"small\":-2.5e-70}")]
    [InlineData("{\"e\":\"Cafe\\u0301\"}", "{\"e\":\"Café\"}")]
    [InlineData("{\"a\":1,\"a\":2}", "{\"a\":2}")]
    [InlineData("{\"o\":{\"z\":null,\"y\":true}}", "{\"o\":{\"y\":true,\"z\":null}}")]
    [InlineData("{\"s\":\"\\ud800x\"}", "{\"s\":\"\uFFFDx\"}")]
    public void FromJson_AnyForm_GivesOneForm(string json, string expected) => Assert.Equal(expected, CanonicalArguments.FromJson(json));

    [Theory]
    [InlineData("{'b': True, 'a': None}", "{\"a\":null,\"b\":true}")]
    [InlineData("{'a': \"it's\", 'b': 'say \"hi\"'}", "{\"a\":\"it's\",\"b\":\"say \\\"hi\\\"\"}")]
    [InlineData("{'a': 'x\\n\\'y\\' \\u00e9 \\x41'}", "{\"a\":\"x\\n'y' é A\"}")]
    [InlineData("{'t': (1, 2.50,), 's': {3}, 'p': (4), 'e': ()}", "{\"e\":[],\"p\":4,\"s\":[3],\"t\":[1,2.5]}")]
    [InlineData("{'n': {'m': [{'k': -1e3}]}, 5: 'five'}", "{\"5\":\"five\",\"n\":{\"m\":[{\"k\":-1000}]}}")]
    [InlineData("{'a': 'one ' 'two', 'u': u'x'}", "{\"a\":\"one two\",\"u\":\"x\"}")]
    public void FromPython_Literal_GivesCanonicalJson(string literal, string expected) => Assert.Equal(expected, CanonicalArguments.FromPython(literal));

    [Theory]
    [InlineData("[1]", 0)]
    [InlineData("{\"a\":", 5)]
    [InlineData("{\"a\": tru}", 9)]
    [InlineData("{\"é\": x}", 6)]
    [InlineData("null", 0)]
    public void FromJson_Malformed_NamesPosition(string json, int position) =>
        Assert.Equal(position, Assert.Throws<ArgumentsException>(() => CanonicalArguments.FromJson(json)).Position);

    [Theory]
    [InlineData("{'a': }", 6)]
    [InlineData("{'a': 'b", 6)]
    [InlineData("{'a': 1} x", 9)]
    [InlineData("{'a' 1}", 5)]
    [InlineData("{'a': '\\x4'}", 9)]
    [InlineData("{'a': 1.2.3}", 6)]
    [InlineData("", 0)]
    public void FromPython_Malformed_NamesPosition(string literal, int position) =>
        Assert.Equal(position, Assert.Throws<ArgumentsException>(() => CanonicalArguments.FromPython(literal)).Position);

    [Theory]
    [InlineData("{\"n\":1}", "{\"n\":\"1.0\"}", true)]
    [InlineData("{\"n\":true}", "{\"n\":\"True\"}", true)]
    [InlineData("{\"zip\":\"01234\"}", "{\"zip\":1234}", false)]
    [InlineData("{\"n\":\"1\"}", "{\"n\":\"one\"}", false)]
    [InlineData("{\"n\":null}", "{}", false)]
    public void CacheKey_QuotedScalars_MeetUnlessMeaningIsLost(string left, string right, bool equal) =>
        Assert.Equal(equal, CanonicalArguments.CacheKey(left) == CanonicalArguments.CacheKey(right));

    [Fact]
    public void TryFromJson_Malformed_GivesReason()
    {
        Assert.False(CanonicalArguments.TryFromJson("{\"a\" 1}", out _, out var error));
        Assert.Contains("position 5", error.Message, StringComparison.Ordinal);
    }
}

[Trait("Kind", "Property")]
public sealed class CanonicalArgumentsProperties
{
    private const int Cases = 2_000;
    private static readonly string[] Texts = ["", "Oslo", " a b ", "it's", "\"q\"", "back\\slash", "Ünïcode", "e\u0301", "😀", "line\nbreak", "007", "1.50", "True"];

    [Fact]
    public void CacheKey_SameMeaning_IsEqualWhateverTheForm()
    {
        var random = new SeededRandom(20241007);
        for (var number = 0; number < Cases; number++)
        {
            var value = RandomObject(random, 3);
            var json = CanonicalArguments.CacheKey(CanonicalArguments.FromJson(Write(value, random, python: false)));
            var again = CanonicalArguments.CacheKey(CanonicalArguments.FromJson(Write(value, random, python: false)));
            var python = CanonicalArguments.CacheKey(CanonicalArguments.FromPython(Write(value, random, python: true)));
            Assert.True(json == again && json == python, $"case {number}: {json} | {again} | {python}");
        }
    }

    [Fact]
    public void FromJson_Canonical_IsItsOwnForm()
    {
        var random = new SeededRandom(7);
        for (var number = 0; number < Cases; number++)
        {
            var canonical = CanonicalArguments.FromJson(Write(RandomObject(random, 3), random, python: false));
            Assert.Equal(canonical, CanonicalArguments.FromJson(canonical));
            Assert.Equal(CanonicalArguments.CacheKey(canonical), CanonicalArguments.CacheKey(CanonicalArguments.CacheKey(canonical)));
        }
    }

    [Fact]
    public void Reading_RandomText_GivesObjectOrTypedError()
    {
        var random = new SeededRandom(99);
        const string Alphabet = "{}[]()'\":,\\ \n0123456789.eE+-_TrueFalsNonu\u00e9\u0301\ud800\udc00x\0/";
        for (var number = 0; number < 20_000; number++)
        {
            var text = new StringBuilder("{");
            for (var length = random.NextInt(24); length > 0; length--)
            {
                text.Append(Alphabet[random.NextInt(Alphabet.Length)]);
            }

            AssertReadOrTyped(CanonicalArguments.FromJson, text.ToString());
            AssertReadOrTyped(CanonicalArguments.FromPython, text.ToString());
            AssertReadOrTyped(CanonicalArguments.FromPython, text.Append('}').ToString());
        }
    }

    [Fact]
    public void Reading_MutatedText_GivesObjectOrTypedError()
    {
        var random = new SeededRandom(5);
        for (var number = 0; number < 5_000; number++)
        {
            var python = number % 2 == 0;
            var text = Write(RandomObject(random, 3), random, python).ToCharArray();
            text[random.NextInt(text.Length)] = (char)random.NextInt(0x3000);
            AssertReadOrTyped(python ? CanonicalArguments.FromPython : CanonicalArguments.FromJson, new string(text));
        }
    }

    [Fact]
    public void Reading_DeepNesting_GivesTypedError()
    {
        var deep = new string('[', 100_000);
        Assert.Throws<ArgumentsException>(() => CanonicalArguments.FromJson("{\"a\":" + deep));
        Assert.Throws<ArgumentsException>(() => CanonicalArguments.FromPython("{'a':" + deep));
    }

    private static void AssertReadOrTyped(Func<string, string> read, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(read(text));
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        }
        catch (ArgumentsException exception)
        {
            Assert.InRange(exception.Position, 0, text.Length);
        }
    }

    private static Dictionary<string, object?> RandomObject(SeededRandom random, int depth)
    {
        var value = new Dictionary<string, object?>();
        for (var count = random.NextInt(5); count > 0; count--)
        {
            value[$"key{random.NextInt(50)}"] = RandomValue(random, depth);
        }

        return value;
    }

    private static object? RandomValue(SeededRandom random, int depth) => random.NextInt(depth > 0 ? 7 : 5) switch
    {
        0 => null,
        1 => random.NextInt(2) == 0,
        2 => (long)random.NextInt(2_000_000) - 1_000_000,
        3 => (random.NextInt(20_000) - 10_000) / 8.0,
        4 => Texts[random.NextInt(Texts.Length)],
        5 => Enumerable.Range(0, random.NextInt(4)).Select(_ => RandomValue(random, depth - 1)).ToList(),
        _ => RandomObject(random, depth - 1),
    };

    // One meaning, written in one of its many forms: order of keys, quoting, number form, escapes, composition, white space.
    private static string Write(object? value, SeededRandom random, bool python)
    {
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        switch (value)
        {
            case null:
                return python ? "None" : "null";
            case bool truth:
                return python ? truth.ToString() : truth ? "true" : random.NextInt(2) == 0 ? "\"False\"" : "false";
            case long whole:
                return random.NextInt(4) switch
                {
                    0 => whole.ToString(invariant) + ".0",
                    1 => whole.ToString("0.0###############e+0", invariant),
                    2 => Quote(whole.ToString(invariant), random, python),
                    _ => whole.ToString(invariant),
                };
            case double number:
                return random.NextInt(2) == 0 ? number.ToString("0.000####", invariant) : number.ToString("R", invariant);
            case string text:
                return Quote(random.NextInt(2) == 0 ? text.Replace("e\u0301", "é", StringComparison.Ordinal) : " " + text, random, python);
            case List<object?> items:
                return "[" + string.Join(", ", items.Select(item => Write(item, random, python))) + "]";
            default:
                var members = ((Dictionary<string, object?>)value).ToArray();
                random.Shuffle(members.AsSpan());
                return "{" + string.Join(random.NextInt(2) == 0 ? "," : " , ", members.Select(
                    member => Quote(member.Key, random, python) + ": " + Write(member.Value, random, python))) + "}";
        }
    }

    private static string Quote(string text, SeededRandom random, bool python)
    {
        var quote = python && random.NextInt(2) == 0 ? '\'' : '"';
        var quoted = new StringBuilder().Append(quote);
        foreach (var character in text)
        {
            _ = character == quote || character == '\\' ? quoted.Append('\\').Append(character)
                : character < ' ' || (!char.IsSurrogate(character) && random.NextInt(8) == 0) ? quoted.Append("\\u").Append(((int)character).ToString("x4", System.Globalization.CultureInfo.InvariantCulture))
                : quoted.Append(character);
        }

        return quoted.Append(quote).ToString();
    }
}
