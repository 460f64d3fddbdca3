using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Core.Worlds.Catalogues.Imports;
using Xunit;

namespace StepTool.Tests.Worlds.Catalogues;

[Trait("Kind", "Unit")]
public sealed class CatalogueImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("steptool-import-").FullName;
    private readonly List<string> _read = [];

    private string WorkFile => Path.Combine(_folder, "work");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_SeveralSources_JoinsWhatTheySayOfAnApi()
    {
        var (world, report) = await RunAsync(
            new Source(Part("answers", Answers("a", ("1", "one"), ("1.0", "again"), ("2", "two")))),
            new Source(Part("tools", Api("b"), Api("a")), Part("more", Api("a", "second"), Answers("c", ("1", "x")))));
        Assert.Equal(["x/y/a", "x/y/b"], world.Apis.Select(key => key.ToString()));
        Assert.Equal("one", world.Answer(Call("a", """{"n":1}"""), 0).Response);
        Assert.Equal((2, 2L, 3), (report.Apis, report.Answers, report.Parts));
        Assert.True(world.TryDescribe(new ApiKey("x", "y", "a"), out var documentation));
        Assert.Equal("first", documentation.Description);
        Assert.Equal([("documented twice", 1), ("no documentation", 1)], report.SkippedByKind.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public async Task Run_PartAtFault_IsLeftOutAlone()
    {
        var (world, report) = await RunAsync(new Source(
            Part("good", Api("a")),
            new SourcePart("bad", "", (_, _) => throw new CatalogueException("not JSON: line 1")),
            new SourcePart("gone", "", (_, _) => throw new FileNotFoundException("no such file")),
            Part("entry", (reading, _) => reading.Skip("line 3", "unreadable: x"))));
        Assert.Single(world.Apis);
        Assert.Equal(["bad: not JSON: line 1", "gone: cannot be read: no such file", "entry, line 3: unreadable: x"], report.Examples.Select(example => example.ToString()));
    }

    [Fact]
    public async Task Run_Interrupted_GoesOnAndGivesTheSameBytes()
    {
        var parts = Enumerable.Range(0, 8).Select(index => Part($"part {index}", Api($"api{index}"), Answers($"api{index}", ("1", $"{index}")))).ToArray();
        var whole = await BytesAsync([new Source(parts)], CancellationToken.None);
        _read.Clear();
        for (var stop = 2; stop < 8; stop += 2)
        {
            using var source = new CancellationTokenSource();
            var until = stop;
            var stopping = parts.Select((part, index) => index == until ? part with { Read = (_, _) => Stop(source) } : part).ToArray();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BytesAsync([new Source(stopping)], source.Token));
        }

        Assert.Equal(whole, await BytesAsync([new Source(parts)], CancellationToken.None));
        Assert.Equal(Enumerable.Range(0, 8).Select(index => $"part {index}"), _read);
        Assert.False(File.Exists(WorkFile));
    }

    [Fact]
    public async Task Run_NotCompletedAsTheCatalogueCouldNotBeStored_ReadsNothingAgain()
    {
        var parts = new[] { Part("one", Api("a"), Answers("a", ("1", "one"))), Part("two", Api("b")) };
        using var lost = new MemoryStream();
        await new CatalogueImport(WorkFile).RunAsync([new Source(parts)], lost, null, null, CancellationToken.None);
        _read.Clear();

        var (_, report) = await RunAsync(new Source(parts));

        Assert.Empty(_read);
        Assert.Equal((2, 2), (report.Resumed, report.Apis));
    }

    [Fact]
    public async Task Run_WorkFileCutAnywhere_GoesOnFromTheLastWholePart()
    {
        var parts = new[] { Part("one", Api("a"), Answers("a", ("1", "one"))), Part("two", Api("b")), Part("three", Api("c")) };
        var whole = await BytesAsync([new Source(parts)], CancellationToken.None);
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BytesAsync([new Source(parts[0], parts[1], parts[2] with { Read = (_, _) => Stop(source) })], source.Token));
        var content = await File.ReadAllBytesAsync(WorkFile);
        for (var length = 0; length <= content.Length; length += 7)
        {
            await File.WriteAllBytesAsync(WorkFile, content[..length]);
            Assert.Equal(whole, await BytesAsync([new Source(parts)], CancellationToken.None));
        }
    }

    [Fact]
    public async Task Run_PartChangedSince_IsReadAgainWithAllAfterIt()
    {
        var parts = new[] { Part("one", Api("a")), Part("two", Api("b")), Part("three", Api("c")), Part("four", Api("d")) };
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BytesAsync([new Source([.. parts.Take(3), parts[3] with { Read = (_, _) => Stop(source) }])], source.Token));
        _read.Clear();
        var (world, report) = await RunAsync(new Source([parts[0], Part("two", "changed", Api("e")), .. parts.Skip(2)]));
        Assert.Equal(["two", "three", "four"], _read);
        Assert.Equal(1, report.Resumed);
        Assert.Equal(["a", "c", "d", "e"], world.Apis.Select(key => key.Api));
    }

    [Fact]
    public async Task Run_ToolsOfOneName_AreNumberedTheSameAfterAnInterruption()
    {
        SourcePart Named(string name) => new(name, "", (reading, _) =>
        {
            var tool = reading.NameTool("c", "My Tool");
            return new[] { Define(new ApiKey("c", tool, name), name) }.ToAsyncEnumerable();
        });
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BytesAsync([new Source(Named("a"), Named("b"), Named("c") with { Read = (_, _) => Stop(source) })], source.Token));
        var (world, report) = await RunAsync(new Source(Named("a"), Named("b"), Named("c")));
        Assert.Equal(["c/my_tool/a", "c/my_tool_2/b", "c/my_tool_3/c"], world.Apis.Select(key => key.ToString()));
        Assert.Equal(2, report.Resumed);
    }

    [Fact]
    public async Task Run_SchemaThatIsNone_IsLeftOutAndTheApiKept()
    {
        var api = Api("a");
        var (world, report) = await RunAsync(new Source(Part("one", api with { Definition = api.Definition! with { InputSchema = "{", ResponseSchema = """{"type":"string"}""" } })));
        Assert.True(world.TryDefine(api.Key, out var definition));
        Assert.Equal((null, """{"type":"string"}"""), (definition.InputSchema, definition.ResponseSchema));
        Assert.Equal("unusable schema", Assert.Single(report.SkippedByKind).Key);
    }

    [Fact]
    public async Task Run_NothingUsable_SaysWhatWasFound()
    {
        var exception = await Assert.ThrowsAsync<CatalogueException>(() => RunAsync(new Source(Part("only", (reading, _) => reading.Skip("", "not OpenAPI: no version")))));
        Assert.Contains("No API was found in 1 parts; only: not OpenAPI: no version.", exception.Message, StringComparison.Ordinal);
    }

    private async Task<(CatalogueWorld World, CatalogueReport Report)> RunAsync(params IApiSource[] sources)
    {
        using var output = new MemoryStream();
        var import = new CatalogueImport(WorkFile);
        var report = await import.RunAsync(sources, output, null, null, CancellationToken.None);
        import.Complete();
        return (CatalogueWorld.Load(output.ToArray()), report);
    }

    private async Task<byte[]> BytesAsync(IApiSource[] sources, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        var import = new CatalogueImport(WorkFile);
        await import.RunAsync(sources, output, null, null, cancellationToken);
        import.Complete();
        return output.ToArray();
    }

    private SourcePart Part(string name, params ApiFragment[] fragments) => Part(name, "", fragments);

    private SourcePart Part(string name, string version, params ApiFragment[] fragments) => new(name, version, (_, _) =>
    {
        _read.Add(name);
        return fragments.ToAsyncEnumerable();
    });

    private static SourcePart Part(string name, Action<PartReading, CancellationToken> read) => new(name, "", (reading, cancellationToken) =>
    {
        read(reading, cancellationToken);
        return AsyncEnumerable.Empty<ApiFragment>();
    });

    private static IAsyncEnumerable<ApiFragment> Stop(CancellationTokenSource source)
    {
        source.Cancel();
        return new[] { Api("never") }.ToAsyncEnumerable();
    }

    private static ToolCall Call(string api, string arguments) => new(new ApiKey("x", "y", api), arguments);

    private static ApiFragment Api(string name, string description = "first") => Define(new ApiKey("x", "y", name), description);

    private static ApiFragment Define(ApiKey key, string description) =>
        ApiFragment.Of(new ApiDefinition(new ApiDocumentation { Key = key, ToolName = key.Tool, ApiName = key.Api, Description = description }, null, []));

    private static ApiFragment Answers(string name, params (string Number, string Response)[] answers) =>
        new(new ApiKey("x", "y", name), null, [.. answers.Select(answer => new RecordedAnswer($$"""{"n":{{answer.Number}}}""", "", answer.Response))]);

    private sealed class Source(params SourcePart[] parts) : IApiSource
    {
        public IAsyncEnumerable<SourcePart> PartsAsync(CancellationToken cancellationToken) => parts.ToAsyncEnumerable();
    }
}
