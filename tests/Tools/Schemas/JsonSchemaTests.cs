using System.Collections.Immutable;
using System.Text.Json;
using StepTool.Core.Tools.Schemas;
using Xunit;

namespace StepTool.Tests.Tools.Schemas;

[Trait("Kind", "Unit")]
public sealed class JsonSchemaTests
{
    /// <summary>Schema, a value that fits, a value that does not: each keyword that APIs use, in the spellings of 2020-12, draft 7 and OpenAPI 3.0.</summary>
    public static TheoryData<string, string, string> Table => new()
    {
        { """{"type":"string"}""", "\"a\"", "1" },
        { """{"type":"integer"}""", "1.0", "1.5" },
        { """{"type":"integer"}""", "1e3", "\"1\"" },
        { """{"type":"number"}""", "-1.5", "true" },
        { """{"type":"boolean"}""", "false", "0" },
        { """{"type":"array"}""", "[]", "{}" },
        { """{"type":"object"}""", "{}", "[]" },
        { """{"type":"null"}""", "null", "0" },
        { """{"type":["string","null"]}""", "null", "1" },
        { """{"type":"string","nullable":true}""", "null", "1" },
        { """{"type":"string","enum":["a"],"nullable":true}""", "null", "\"b\"" },
        { """{"enum":["a",1,null]}""", "1.0", "\"1\"" },
        { """{"const":{"a":[1]}}""", """{"a":[1.0]}""", """{"a":[2]}""" },
        { """{"minimum":1,"maximum":3}""", "3", "3.1" },
        { """{"exclusiveMinimum":1}""", "1.01", "1" },
        { """{"minimum":1,"exclusiveMinimum":true}""", "2", "1" },
        { """{"exclusiveMaximum":1}""", "0", "1" },
        { """{"maximum":1,"exclusiveMaximum":true}""", "0.5", "1" },
        { """{"multipleOf":0.01}""", "19.99", "19.995" },
        { """{"format":"int32"}""", "2147483647", "2147483648" },
        { """{"format":"int64"}""", "9007199254740993", "1.5" },
        { """{"minLength":2,"maxLength":2}""", "\"\\uD83D\\uDE00x\"", "\"x\"" },
        { """{"pattern":"^a+$"}""", "\"aa\"", "\"b\"" },
        { """{"pattern":"^(?!b)"}""", "\"a\"", "\"b\"" },
        { """{"format":"date"}""", "\"2024-02-29\"", "\"2023-02-29\"" },
        { """{"format":"date-time"}""", "\"2024-05-31T14:30:00.5+02:00\"", "\"tomorrow\"" },
        { """{"format":"time"}""", "\"14:30:00Z\"", "\"25:00\"" },
        { """{"format":"email"}""", "\"a@b.c\"", "\"a\"" },
        { """{"format":"uri"}""", "\"https://a.b/c\"", "\"not a url\"" },
        { """{"format":"uuid"}""", "\"123e4567-e89b-12d3-a456-426614174000\"", "\"123e4567\"" },
        { """{"format":"ipv4"}""", "\"192.0.2.1\"", "\"192.0.2\"" },
        { """{"format":"ipv6"}""", "\"2001:db8::1\"", "\"192.0.2.1\"" },
        { """{"format":"hostname"}""", "\"a.example\"", "\"a b\"" },
        { """{"items":{"type":"integer"}}""", "[1,2]", "[1,\"2\"]" },
        { """{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}""", "[\"a\",1]", "[1,1]" },
        { """{"prefixItems":[{"type":"string"}],"items":false}""", "[\"a\"]", "[\"a\",1]" },
        { """{"items":[{"type":"string"}],"additionalItems":false}""", "[\"a\"]", "[\"a\",1]" },
        { """{"minItems":1,"maxItems":2}""", "[1]", "[]" },
        { """{"uniqueItems":true}""", """[1,"1",{"a":1}]""", """[{"a":1,"b":2},{"b":2,"a":1.0}]""" },
        { """{"contains":{"const":1},"maxContains":1}""", "[2,1]", "[1,1]" },
        { """{"contains":{"const":1}}""", "[1]", "[2]" },
        { """{"contains":{"const":1},"minContains":0,"maxContains":1}""", "[]", "[1,1]" },
        { """{"required":["a"]}""", """{"a":null}""", """{"b":1}""" },
        { """{"properties":{"a":{"type":"string"}}}""", """{"a":"x","b":1}""", """{"a":1}""" },
        { """{"properties":{"a":{}},"additionalProperties":false}""", """{"a":1}""", """{"b":1}""" },
        { """{"additionalProperties":{"type":"integer"}}""", """{"b":1}""", """{"b":"1"}""" },
        { """{"patternProperties":{"^x-":{"type":"integer"}},"additionalProperties":false}""", """{"x-a":1}""", """{"x-a":"1"}""" },
        { """{"minProperties":1,"maxProperties":1}""", """{"a":1}""", """{"a":1,"b":2}""" },
        { """{"propertyNames":{"pattern":"^a"}}""", """{"ab":1}""", """{"b":1}""" },
        { """{"dependentRequired":{"a":["b"]}}""", """{"b":1}""", """{"a":1}""" },
        { """{"dependentSchemas":{"a":{"required":["b"]}}}""", """{"a":1,"b":1}""", """{"a":1}""" },
        { """{"dependencies":{"a":["b"],"c":{"required":["d"]}}}""", """{"a":1,"b":1}""", """{"c":1}""" },
        { """{"allOf":[{"required":["a"]},{"required":["b"]}]}""", """{"a":1,"b":1}""", """{"a":1}""" },
        { """{"anyOf":[{"type":"string"},{"type":"integer"}]}""", "1", "1.5" },
        { """{"oneOf":[{"type":"integer"},{"minimum":2}]}""", "1", "3" },
        { """{"not":{"type":"string"}}""", "1", "\"a\"" },
        { """{"if":{"properties":{"a":{"const":1}},"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}""", """{"a":1,"b":1}""", """{"a":2}""" },
        { """{"$defs":{"x":{"type":"string"}},"properties":{"a":{"$ref":"#/$defs/x"}}}""", """{"a":"b"}""", """{"a":1}""" },
        { """{"definitions":{"a/b~c %":{"type":"string"}},"$ref":"#/definitions/a~1b~0c%20%25"}""", "\"a\"", "1" },
        { """{"$defs":{"x":{"$anchor":"here","type":"string"}},"$ref":"#here"}""", "\"a\"", "1" },
        { """{"properties":{"a":{"$ref":"#"}},"additionalProperties":false}""", """{"a":{"a":{}}}""", """{"a":{"b":1}}""" },
        { """{"$ref":"#/$defs/x","maxLength":1,"$defs":{"x":{"type":"string"}}}""", "\"a\"", "\"ab\"" },
        { """{"properties":{"a":false}}""", "{}", """{"a":1}""" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Check_EachKeyword_TellsFittingFromUnfitting(string schema, string fitting, string unfitting)
    {
        Assert.Empty(Check(schema, fitting));
        Assert.NotEmpty(Check(schema, unfitting));
    }

    [Theory]
    [InlineData("""{"$ref":"#/nowhere"}""")]
    [InlineData("""{"$ref":"https://elsewhere.example/schema"}""")]
    [InlineData("""{"pattern":"(["}""")]
    [InlineData("""{"type":"file"}""")]
    [InlineData("""{"minimum":"1","maxLength":-1,"enum":1,"required":{},"properties":[],"anyOf":{},"items":1}""")]
    [InlineData("true")]
    public void Check_WhatCannotBeRead_LetsPass(string schema) => Assert.Empty(Check(schema, """{"a":1}"""));

    [Theory]
    [InlineData("""{"$ref":"#"}""", "1")]
    [InlineData("""{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}""", "1")]
    [InlineData("""{"anyOf":[{"$ref":"#"},{"$ref":"#"},{"$ref":"#"}]}""", "1")]
    [InlineData("""{"allOf":[{"$ref":"#"},{"$ref":"#"}],"not":{"$ref":"#"}}""", "1")]
    [InlineData("""{"pattern":"^(a+)+$"}""", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"")]
    [InlineData("""{"pattern":"^(?=a)(a+)+$"}""", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"")]
    public void Check_SchemaThatCouldGoOnForever_Ends(string schema, string value)
    {
        var parsed = JsonSchema.Parse(schema);
        using var document = JsonDocument.Parse(value);
        _ = parsed.Check(document.RootElement);
        _ = parsed.Example(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("1")]
    [InlineData("[]")]
    public void Parse_NoSchema_SaysSo(string text) => Assert.Throws<ArgumentException>(() => JsonSchema.Parse(text));

    [Theory]
    [InlineData("""{"city":"Oslo"}""", null)]
    [InlineData("{}", "f was not called: 'city' is missing; it must be a text. For example: {\"city\":\"Oslo\"}")]
    [InlineData("""{"city":7}""", "f was not called: 'city' is 7; it must be a text.")]
    [InlineData("""{"cty":"Oslo"}""", "'cty' is \"Oslo\"; it must be left out, since it is not known; the nearest known is 'city'")]
    [InlineData("""{"city":"Oslo","days":0}""", "'days' is 0; it must be an integer, at least 1 and at most 14")]
    [InlineData("""{"city":"Oslo","unit":"K"}""", "'unit' is \"K\"; it must be one of \"C\", \"F\"")]
    [InlineData("""{"city":"Oslo","on":"May"}""", "'on' is \"May\"; it must be a date such as 2024-05-31")]
    [InlineData("""{"city":"Oslo","at":{"lat":"x","lon":1}}""", "'at.lat' is \"x\"; it must be a number")]
    [InlineData("""{"city":"Oslo","tags":["a",1]}""", "'tags[1]' is 1; it must be a text")]
    [InlineData("""{"city":"Oslo","at":5}""", "'at' is 5; it must be an object with lat, lon")]
    [InlineData("""{"city":"Oslo","where":5}""", "'where' is 5; it must be a text, or an object with id")]
    [InlineData("""{"city":"Oslo","where":{"id":"x"}}""", "'where.id' is \"x\"; it must be an integer")]
    public void Fault_NamesParameterGivenWantedAndAnExample(string arguments, string? expected)
    {
        var schema = new InputSchema(JsonSchema.Parse(
            """
            {"type":"object","required":["city"],"additionalProperties":false,"properties":{
              "city":{"type":"string","example":"Oslo"},"days":{"type":"integer","minimum":1,"maximum":14},"unit":{"enum":["C","F"]},"on":{"type":"string","format":"date"},
              "at":{"type":"object","required":["lat","lon"],"properties":{"lat":{"type":"number"},"lon":{"type":"number"}}},"tags":{"type":"array","items":{"type":"string"}},
              "where":{"oneOf":[{"type":"string"},{"type":"object","required":["id"],"properties":{"id":{"type":"integer"}}}]}}}
            """));
        using var document = JsonDocument.Parse(arguments);
        var fault = schema.Fault("f", document.RootElement);
        if (expected is null)
        {
            Assert.Null(fault);
        }
        else
        {
            Assert.Contains(expected, fault, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"id":{"type":"integer","minimum":3,"maximum":9},"name":{"type":"string","minLength":5,"maxLength":80},"tags":{"type":"array","items":{"enum":["a","b"]},"minItems":2}}}""")]
    [InlineData("""{"allOf":[{"properties":{"a":{"type":"boolean"}},"required":["a"]},{"properties":{"b":{"format":"uuid","type":"string"}},"required":["b"]}]}""")]
    [InlineData("""{"oneOf":[{"type":"number","multipleOf":0.5,"maximum":4},{"type":"string"}]}""")]
    [InlineData("""{"$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"},"at":{"type":"string","format":"date-time"}}}},"$ref":"#/$defs/n"}""")]
    [InlineData("""{"type":"array","items":{"type":"integer","exclusiveMinimum":0},"maxItems":2}""")]
    [InlineData("""{"const":4}""")]
    public void Example_OfASchema_FitsItAndRepeats(string schema)
    {
        var parsed = JsonSchema.Parse(schema);
        for (ulong seed = 0; seed < 50; seed++)
        {
            using var document = JsonDocument.Parse(parsed.Example(seed));
            Assert.Empty(parsed.Check(document.RootElement).Where(violation => violation.Given != "null"));
            Assert.Equal(parsed.Example(seed), parsed.Example(seed));
        }
    }

    [Fact]
    public void Example_DocumentedOnes_ComeFirst() =>
        Assert.Equal("""{"a":"Rex","b":5}""", JsonSchema.Parse("""{"properties":{"a":{"type":"string","example":"Rex"},"b":{"type":"integer","default":5}}}""").Example(1));

    [Fact]
    public void Check_FromManyThreads_IsTheSame()
    {
        var schema = JsonSchema.Parse("""{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"pattern":"^a"}}}""");
        Parallel.For(0, 1000, index =>
        {
            using var document = JsonDocument.Parse(index % 2 == 0 ? """{"a":"ab"}""" : """{"a":"b"}""");
            Assert.Equal(index % 2, schema.Check(document.RootElement).Length);
        });
    }

    private static ImmutableArray<SchemaViolation> Check(string schema, string value)
    {
        using var document = JsonDocument.Parse(value);
        return JsonSchema.Parse(schema).Check(document.RootElement);
    }
}
