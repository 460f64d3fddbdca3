using System.Text;
using System.Text.Json;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Core.Worlds.Catalogues.Imports;
using StepTool.Core.Worlds.Recorded;
using Xunit;

namespace StepTool.Tests.Worlds.Recorded;

[Trait("Kind", "Unit")]
public sealed class ToolBenchSourceTests : IDisposable
{
    private static readonly ApiKey Daily = ApiKey.FromNames("Weather", "sky", "daily");
    private readonly RecordedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Import_FolderWithoutQueries_AnswersAsTheWorldOfItsQueriesDoes()
    {
        _folder.Api("Weather", "sky", "daily", "Forecast of a day", ["city"]).Api("Food", "pantry", "recipes", "Recipes", ["dish"], """{"name":"str"}""")
            .Answer("Weather/sky/daily", "{'city': 'Oslo'}", "rain").Answer("Weather/sky/daily", "{'city': 'Rome'}", "sun").Write();
        var (world, report) = await ImportAsync();
        var recorded = _folder.Query("G1_tool", "1", "?", "*Weather/sky/daily").Load();
        Assert.Equal((2, 2L, 0), (report.Apis, report.Answers, report.Skipped));
        foreach (var arguments in (string[])["""{"city":"Oslo"}""", """{"city":"Oslo North"}""", "{}", """{"town":"Oslo"}""", "no json"])
        {
            Assert.Equal(recorded.Answer(new ToolCall(Daily, arguments), 0), world.Answer(new ToolCall(Daily, arguments), 0));
        }
    }

    [Fact]
    public async Task Import_ToolWithUrl_IsBoundToRapidApi()
    {
        _folder.Write("tools/Weather/sky.json", """
            {"tool_name":"Sky","tool_description":"","api_list":[
              {"name":"daily","url":"https://sky.p.rapidapi.com/days/{city}","method":"GET","required_parameters":[{"name":"city","type":"STRING"}],"optional_parameters":[{"name":"days","type":"NUMBER"}]},
              {"name":"note","url":"https://sky.p.rapidapi.com/notes","method":"POST","required_parameters":[{"name":"text","type":"STRING"}],"optional_parameters":[]},
              {"name":"odd","url":"not a url","method":"GET","required_parameters":[],"optional_parameters":[]}]}
            """);
        var (world, _) = await ImportAsync();
        var daily = Assert.IsType<HttpBinding>(Define(world, "daily").Binding);
        Assert.Equal(("GET", "https://sky.p.rapidapi.com", "/days/{city}", (string?)null), (daily.Method, daily.Server, daily.Path, daily.BodyMediaType));
        Assert.Equal([("city", ParameterPlace.Path), ("days", ParameterPlace.Query)], daily.Parameters.Select(parameter => (parameter.Name, parameter.Place)));
        Assert.Equal("sky.p.rapidapi.com", daily.Headers["X-RapidAPI-Host"]);
        Assert.Equal(new SecurityScheme("rapidapi", SecurityKind.ApiKey, ParameterPlace.Header, "X-RapidAPI-Key"), Assert.Single(Assert.Single(daily.Security).Schemes));
        var note = Assert.IsType<HttpBinding>(Define(world, "note").Binding);
        Assert.Equal((ParameterPlace.BodyMember, "application/json"), (note.Parameters[0].Place, note.BodyMediaType));
        Assert.Null(Define(world, "odd").Binding);
    }

    [Fact]
    public async Task Import_FilesAtFault_AreCountedByReasonAndTheRestIsKept()
    {
        _folder.Api("Weather", "sky", "daily").Answer("Weather/sky/daily", "{'a': 1}", "one").Answer("Weather/sky/daily", "{'a': 2}", new string('x', 500)).Answer("Gone/tool/api", "{}", "x").Write()
            .Truncate("tool_response_cache/Weather/sky_for_Weather/daily.json")
            .Write("tools/Weather/bad.json", "{")
            .Write("tools/Weather/nameless.json", "{}")
            .Write("tool_response_cache/loose.json", "{}")
            .Write("tool_response_cache/Weather/sky_for_Weather/list.json", "[]")
            .Write("tool_response_cache/Weather/sky_for_Weather/odd.json", """{"{'a': ": {"error": "", "response": ""}}""");
        var (world, report) = await ImportAsync();
        Assert.Equal("one", world.Answer(new ToolCall(Daily, """{"a":1}"""), 0).Response);
        Assert.Equal(
            [("a tool needs a tool_name or a standardized_name", 1), ("no documentation", 2), ("not JSON", 3), ("not in the layout", 1), ("unreadable arguments", 1)],
            report.SkippedByKind.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public async Task Import_FolderOfAnotherKind_IsRefused()
    {
        var exception = await Assert.ThrowsAsync<CatalogueException>(ImportAsync);
        Assert.Contains("neither tools nor toolenv/tools nor tool_response_cache", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", 0)]
    [InlineData(" { \"a\" : 1 , \"b\" : {\"c\":[1,2,{\"d\":\"\\u00e9\"}]} } \n", 2)]
    [InlineData("{\"a\":\"\\uD83D\\uDE00\",\"\\uD83D\":null}", 2)]
    public async Task Members_WholeObject_AreReadOneByOne(string json, int count)
    {
        foreach (var mark in (string[])["", "\uFEFF"])
        {
            foreach (var chunk in (int[])[1, 2, 3, 7, 1000])
            {
                var members = new JsonMembers(new Trickle(Encoding.UTF8.GetBytes(mark + json), chunk));
                var read = new List<string>();
                while (await members.NextAsync(CancellationToken.None) is { } member)
                {
                    read.Add(member.Value.GetRawText());
                }

                using var document = JsonDocument.Parse(json);
                Assert.Equal(document.RootElement.EnumerateObject().Select(member => member.Value.GetRawText()), read);
                Assert.Equal(count, read.Count);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1} x")]
    [InlineData("{\"a\":1}{}")]
    public async Task Members_NotOneObject_ThrowAndEnd(string json)
    {
        var members = new JsonMembers(new Trickle(Encoding.UTF8.GetBytes(json), 3));
        await Assert.ThrowsAnyAsync<JsonException>(async () =>
        {
            while (await members.NextAsync(CancellationToken.None) is not null)
            {
            }
        });
    }

    [Fact]
    public async Task Members_ManyOfThem_TakeTheMemoryOfOne()
    {
        var entry = Encoding.UTF8.GetBytes($"\"key\":\"{new string('x', 20_000)}\",");
        var members = new JsonMembers(new Repeated("{"u8.ToArray(), entry, 10_000, "\"last\":1}"u8.ToArray()));
        var (count, before) = (0, GC.GetTotalMemory(forceFullCollection: true));
        while (await members.NextAsync(CancellationToken.None) is not null)
        {
            count++;
        }

        Assert.Equal(10_001, count);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 << 20);
    }

    private async Task<(IWorld World, CatalogueReport Report)> ImportAsync()
    {
        using var output = new MemoryStream();
        var import = new CatalogueImport(Path.Combine(_folder.Path, "work"));
        var report = await import.RunAsync([new ToolBenchSource(_folder.Path)], output, null, null, CancellationToken.None);
        import.Complete();
        return (CatalogueWorld.Load(output.ToArray()), report);
    }

    private static ApiDefinition Define(IWorld world, string api)
    {
        Assert.True(world.TryDefine(ApiKey.FromNames("Weather", "Sky", api), out var definition));
        return definition;
    }

    private sealed class Trickle(byte[] content, int chunk) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }

    private sealed class Repeated(byte[] first, byte[] entry, int times, byte[] last) : Stream
    {
        private byte[] _part = first;
        private int _at;
        private int _left = times;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_at == _part.Length)
            {
                (_part, _at, _left) = (_left > 0 ? entry : _left == 0 ? last : [], 0, _left - 1);
            }

            var read = Math.Min(count, _part.Length - _at);
            _part.AsSpan(_at, read).CopyTo(buffer.AsSpan(offset));
            _at += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
