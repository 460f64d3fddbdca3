using System.Runtime.CompilerServices;
using System.Text.Json;
using StepTool.Client.Imports.OpenApi;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Core.Worlds.Catalogues.Imports;
using Xunit;

namespace StepTool.Tests.Client.Imports;

[Trait("Kind", "Unit")]
public sealed class OpenApiSourceTests : IDisposable
{
    private const string Pets = "openapi/pets_of_the_village";
    private const string Tides = "open_data/tides";
    private readonly string _folder = Directory.CreateTempSubdirectory("steptool-openapi-").FullName;

    /// <summary>Folder of the small documents that tests import.</summary>
    public static string Documents { get; } = Path.Combine(Path.GetDirectoryName(Here())!, "Documents");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Import_Folder_ReadsAllVersionsAndSaysWhatItLeavesOut()
    {
        var (world, report) = await ImportAsync(Documents);
        Assert.Equal(
            ["open_data/tides/elsewhere", "open_data/tides/get_tides", "open_data/tides/get_tides_2", "open_data/tides/get_tides_port", "openapi/old_post_office/send",
                $"{Pets}/addpet", $"{Pets}/changepet", $"{Pets}/get_pet", $"{Pets}/listpets", $"{Pets}/put_pets_id_picture", $"{Pets}/search"],
            world.Apis.Select(key => key.ToString()));
        Assert.Equal([("no server", 1), ("unusable operation", 1)], report.SkippedByKind.Select(pair => (pair.Key, pair.Value)));
        Assert.Contains(report.Examples, example => example.ToString().StartsWith("tides.json, GET /loop: unusable operation: Circular reference", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Import_Parameters_KeepPlaceStyleDefaultAndChoices()
    {
        var api = await DefineAsync($"{Pets}/listpets");
        var binding = Http(api);
        Assert.Equal(("GET", "https://north.pets.example/v1", "/pets", (string?)null), (binding.Method, binding.Server, binding.Path, binding.BodyMediaType));
        Assert.Equal<HttpParameter>(
            [
                new("limit", "limit", ParameterPlace.Query, ParameterStyle.Form, true), new("kinds", "kinds", ParameterPlace.Query, ParameterStyle.Form),
                new("near", "near", ParameterPlace.Query, ParameterStyle.DeepObject, true), new("filter", "filter", ParameterPlace.Query, ParameterStyle.Json, true),
                new("X-Trace", "X-Trace", ParameterPlace.Header),
            ],
            binding.Parameters);
        Assert.Equal(
            [
                new SecurityScheme("pets_of_the_village_key", SecurityKind.ApiKey, ParameterPlace.Query, "api_key"),
                new SecurityScheme("pets_of_the_village_user", SecurityKind.Basic, ParameterPlace.Header, "Authorization"),
            ],
            binding.Security.Select(requirement => Assert.Single(requirement.Schemes)));
        var documentation = api.Documentation;
        Assert.Equal(("All pets. Youngest first.", "Pets of the Village", "Who lives where, and with whom."), (documentation.Description, documentation.ToolName, documentation.ToolDescription));
        Assert.Equal(("limit", ParameterType.Number, "20", "How many"), (documentation.Parameters[0].Name, documentation.Parameters[0].Type, documentation.Parameters[0].Default, documentation.Parameters[0].Description));
        Assert.Equal([ParameterType.Number, ParameterType.Array, ParameterType.Object, ParameterType.Object, ParameterType.Text], documentation.Parameters.Select(parameter => parameter.Type));
    }

    [Fact]
    public async Task Import_PlainObjectInTheBody_BecomesArguments()
    {
        var api = await DefineAsync($"{Pets}/addpet");
        Assert.Equal("application/json", Http(api).BodyMediaType);
        Assert.Empty(Http(api).Security);
        Assert.Equal(["name", "kind", "mother", "weight"], Http(api).Parameters.Select(parameter => parameter.Name));
        Assert.All(Http(api).Parameters, parameter => Assert.Equal(ParameterPlace.BodyMember, parameter.Place));
        Assert.Equal(("name", true, "Rex"), (api.Documentation.Parameters[0].Name, api.Documentation.Parameters[0].Required, api.Documentation.Parameters[0].Default));
        Assert.Equal("dog, cat, hen", string.Join(", ", api.Documentation.Parameters[1].Choices));
        Assert.Equal("""{"example":{"id":9}}""", api.ResponseSchema);
    }

    [Theory]
    [InlineData($"{Pets}/addpet", """{"name":"Rex","kind":"dog","mother":{"name":"Ada"},"weight":0.1}""", null)]
    [InlineData($"{Pets}/addpet", """{"name":null}""", null)]
    [InlineData($"{Pets}/addpet", """{"name":"","kind":"dog"}""", "'name' is \"\"; it must be a text of at least 1 character")]
    [InlineData($"{Pets}/addpet", """{"name":"Rex","weight":0}""", "'weight' is 0; it must be a number, above 0")]
    [InlineData($"{Pets}/addpet", """{"name":"Rex","id":1}""", "'id' is 1; it must be left out")]
    [InlineData($"{Pets}/addpet", """{"name":"Rex","mother":{"kind":"cow","name":"x"}}""", "'mother.kind' is \"cow\"; it must be one of \"dog\", \"cat\", \"hen\"")]
    [InlineData($"{Pets}/addpet", """{"name":"Rex","mother":{}}""", "'mother.name' is missing")]
    [InlineData($"{Pets}/listpets", """{"kinds":["dog","cow"]}""", "'kinds[1]' is \"cow\"")]
    [InlineData($"{Pets}/listpets", """{"limit":101}""", "'limit' is 101; it must be an integer, at least 1 and at most 100")]
    [InlineData($"{Pets}/get_pet", "{}", "'id' is missing; it must be an integer. For example: {\"id\":7}")]
    [InlineData($"{Pets}/changepet", """{"id":1}""", null)]
    [InlineData($"{Pets}/changepet", """{"id":1,"name":"x"}""", "'kind' is missing; it must be given beside 'name'")]
    [InlineData($"{Pets}/search", """{"body":{"words":"x"}}""", null)]
    [InlineData($"{Pets}/search", """{"body":{"words":1}}""", "'body.words' is 1; it must be a text")]
    [InlineData($"{Tides}/get_tides_port", """{"port":"Bergen","port_query":"all"}""", null)]
    [InlineData($"{Tides}/get_tides_port", """{"port":"Bergen","port_query":"one"}""", "'port_query' is \"one\"; it must be \"all\"")]
    [InlineData($"{Tides}/elsewhere", """{"a":{"any":"thing"}}""", null)]
    [InlineData("openapi/old_post_office/send", """{"text":"hello"}""", "'to' is missing; it must be a text")]
    public async Task Import_Schemas_AreCheckedBeforeACall(string api, string arguments, string? fault)
    {
        var (world, _) = await ImportAsync(Documents);
        var refused = world.Refuse(new ToolCall(ApiKey.Parse(api), arguments));
        if (fault is null)
        {
            Assert.Null(refused);
        }
        else
        {
            Assert.Equal((ToolStatus.BadInput, Provenance.World), (refused!.Status, refused.Provenance));
            Assert.Contains(fault, refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Import_SafetyExtension_OverridesTheMethod()
    {
        Assert.False((await DefineAsync($"{Pets}/changepet")).Documentation.Mutates);
        Assert.True((await DefineAsync($"{Pets}/addpet")).Documentation.Mutates);
        Assert.StartsWith("Deprecated.", (await DefineAsync($"{Pets}/get_pet")).Documentation.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_Security_PutsWhatCannotBeSentLast() =>
        Assert.Equal(
            [["tides_token", "tides_app"], ["tides_odd"]],
            Http(await DefineAsync($"{Tides}/get_tides_port")).Security.Select(requirement => requirement.Schemes.Select(scheme => scheme.Name).ToArray()));

    [Fact]
    public async Task Import_BinaryBody_IsOneText()
    {
        var binding = Http(await DefineAsync($"{Pets}/put_pets_id_picture"));
        Assert.Equal("image/png", binding.BodyMediaType);
        Assert.Equal([("id", ParameterPlace.Path), ("body", ParameterPlace.Body)], binding.Parameters.Select(parameter => (parameter.Argument, parameter.Place)));
    }

    [Fact]
    public async Task Import_ServerGiven_TakesThePlaceOfAllOthers()
    {
        var (world, report) = await ImportAsync(Documents, new Uri("http://127.0.0.1:5000/base"));
        Assert.All(world.Apis.Select(key => Http(Define(world, key))), binding => Assert.StartsWith("http://127.0.0.1:5000/", binding.Server, StringComparison.Ordinal));
        Assert.Equal("http://127.0.0.1:5000/relative", Http(Define(world, ApiKey.Parse($"{Pets}/search"))).Server);
        Assert.DoesNotContain("no server", report.SkippedByKind.Keys);
    }

    [Fact]
    public async Task Answer_NothingRecorded_IsMadeFromTheResponseSchemaAndMarked()
    {
        var (world, _) = await ImportAsync(Documents);
        var tide = world.Answer(new ToolCall(ApiKey.Parse($"{Tides}/get_tides_port"), """{"port":"Bergen"}"""), 0);
        Assert.Equal((ToolStatus.Ok, Provenance.SimulatedSchema), (tide.Status, tide.Provenance));
        using var document = JsonDocument.Parse(tide.Response);
        Assert.InRange(document.RootElement.GetProperty("height").GetDouble(), -20, 20);
        Assert.Equal("""{"id":9}""", world.Answer(new ToolCall(ApiKey.Parse($"{Pets}/addpet"), """{"name":"Rex"}"""), 0).Response);
        Assert.Equal(Provenance.SimulatedTemplate, world.Answer(new ToolCall(ApiKey.Parse($"{Pets}/get_pet"), """{"id":1}"""), 0).Provenance);
    }

    [Theory]
    [InlineData("a.json", "{", "not JSON: line 1")]
    [InlineData("a.json", "{}", "not OpenAPI: it has neither 'openapi' nor 'swagger'")]
    [InlineData("a.json", """{"openapi":"9.9.9","info":{},"paths":{}}""", "not OpenAPI: version 9.9.9")]
    [InlineData("a.yaml", "a: [1", "not YAML: line")]
    [InlineData("a.yaml", "a: *b", "not YAML: line 1")]
    [InlineData("a.yaml", "openapi", "not OpenAPI")]
    public async Task Import_FileOfAnotherKind_SaysWhat(string name, string content, string reason)
    {
        var file = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(file, content);
        var exception = await Assert.ThrowsAsync<CatalogueException>(() => ImportAsync(file));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Yaml_AliasesThatGrow_AreRefusedBeforeTheyDo()
    {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 9).Select(level => $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n"));
        Assert.Contains("too large", Assert.Throws<CatalogueException>(() => YamlNodes.Read(new StringReader(bomb))).Message, StringComparison.Ordinal);
        Assert.Throws<CatalogueException>(() => YamlNodes.Read(new StringReader(new string('[', 100_000))));
    }

    [Theory]
    [InlineData("a: 1\nb: [x, 'y', \"z\"]\n200: {}", """{"a":1,"b":["x","y","z"],"200":{}}""")]
    [InlineData("a: ~\nb: true\nc: 1.50\nd: 2024-01-01\ne: '1'\nf:", """{"a":null,"b":true,"c":1.50,"d":"2024-01-01","e":"1","f":null}""")]
    [InlineData("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3", """{"x":{"a":1,"b":2},"y":{"a":1,"b":3}}""")]
    [InlineData("a: |\n  one\n  two\nb: >\n  three\n  four", """{"a":"one\ntwo\n","b":"three four"}""")]
    public void Yaml_IsReadAsJson(string yaml, string json) => Assert.Equal(json, YamlNodes.Read(new StringReader(yaml))!.ToJsonString());

    private async Task<(IWorld World, CatalogueReport Report)> ImportAsync(string path, Uri? server = null)
    {
        using var output = new MemoryStream();
        var import = new CatalogueImport(Path.Combine(_folder, "work"));
        var report = await import.RunAsync([new OpenApiSource(path, server)], output, null, null, CancellationToken.None);
        import.Complete();
        return (CatalogueWorld.Load(output.ToArray()), report);
    }

    private async Task<ApiDefinition> DefineAsync(string api) => Define((await ImportAsync(Documents)).World, ApiKey.Parse(api));

    private static ApiDefinition Define(IWorld world, ApiKey api)
    {
        Assert.True(world.TryDefine(api, out var definition), $"There is no {api}.");
        return definition;
    }

    private static string Here([CallerFilePath] string path = "") => path;

    private static HttpBinding Http(ApiDefinition api) => Assert.IsType<HttpBinding>(api.Binding);
}
