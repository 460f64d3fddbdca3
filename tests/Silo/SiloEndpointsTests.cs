using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using StepTool.Core.Chance;
using StepTool.Grains.Contracts;
using StepTool.Silo.Api;
using StepTool.Silo.Cluster;
using StepTool.Silo.Engines;
using StepTool.Silo.Storage;
using Xunit;

namespace StepTool.Tests.Silo;

[Trait("Kind", "Unit")]
public sealed class SiloEndpointsTests
{
    private const string Key = "0123456789abcdef";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Health_WorkingSilo_NamesEngineAndStorage()
    {
        await using var silo = await TemporarySilo.StartAsync();
        using var http = silo.Http;

        Assert.Equal("engine: Healthy, 0 of 0 runs active\nstorage: Healthy\n", await http.GetStringAsync(new Uri("/health", UriKind.Relative)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/alive"));
    }

    [Fact]
    public async Task Cluster_Answer_IsWhatThisBuildAccepts()
    {
        await using var silo = await TemporarySilo.StartAsync("--label", "place=here");
        using var http = silo.Http;

        var cluster = await http.GetFromJsonAsync("/api/cluster", ClusterJson.Default.ClusterDescription);

        Assert.NotNull(cluster);
        Assert.Null(cluster.Mismatch(Engine.Name, GrainContracts.Hash, silo.Url));
        var only = Assert.Single(cluster.Silos);
        Assert.Equal((silo.Url, "here"), (only.Url, only.Labels["place"]));
        Assert.NotEmpty(only.Gateway);
    }

    [Fact]
    public async Task Key_Configured_IsAskedForByEverythingButHealth()
    {
        await using var silo = await TemporarySilo.StartAsync("--api-key", Key);
        using var http = silo.Http;

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/health"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/alive"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/api/cluster"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/gateway"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/api/cluster", "X-Api-Key", Key + "x"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/api/cluster", "X-Api-Key", Key));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/api/cluster", "Authorization", "Bearer " + Key));
    }

    [Fact]
    public async Task Blobs_PutThenGet_GivesTheSameBytesAndRefusesOthersUnderTheHash()
    {
        await using var silo = await TemporarySilo.StartAsync();
        using var http = silo.Http;
        byte[] content = [1, 2, 3];
        var path = $"/api/blobs/{StableHash.Content(content)}";

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, path));
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(http, path, [9]));
        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(http, path, content));
        Assert.Equal(content, await http.GetByteArrayAsync(new Uri(path, UriKind.Relative)));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(http, "/api/blobs/not-a-hash"));
    }

    [Fact]
    public async Task Blobs_StorageFails_SaysWhyAndWhetherAnotherTryMaySucceed()
    {
        await using var silo = await TemporarySilo.StartAsync();
        using var http = silo.Http;
        var large = new byte[SqliteBlobStore.LargeFrom];
        var hash = StableHash.Content(large);
        var (path, folder) = ($"/api/blobs/{hash}", silo.Folder.Of("data", "blobs", hash[..2]));

        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.GetDirectoryName(folder)!).FullName, hash[..2]), "where the folder belongs");
        using var full = await http.PutAsync(new Uri(path, UriKind.Relative), new ByteArrayContent(large));
        File.Delete(folder);
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(folder).FullName, hash[2..]), "other content");
        using var damaged = await http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (full.StatusCode, full.Headers.RetryAfter?.ToString()));
        Assert.StartsWith($"Blob {hash} (65536 bytes) could not be written to", await full.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.InternalServerError, null), (damaged.StatusCode, damaged.Headers.RetryAfter));
        Assert.EndsWith("Put back a copy, or delete the file and store it again.", await damaged.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/", HttpStatusCode.NotFound, "There is nothing at /; a silo answers /health, ")]
    [InlineData("GET", "/api/nope", HttpStatusCode.NotFound, "There is nothing at /api/nope; a silo answers /health, ")]
    [InlineData("DELETE", "/api/runs", HttpStatusCode.MethodNotAllowed, "/api/runs takes GET, not DELETE.")]
    public async Task Path_OrMethodThatIsNotThere_IsSaidInWords(string method, string path, HttpStatusCode status, string text)
    {
        await using var silo = await TemporarySilo.StartAsync();
        using var http = silo.Http;
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));

        using var response = await http.SendAsync(request);

        Assert.Equal((status, "text/plain"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.StartsWith(text, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cluster_SiloOnAllAddresses_IsWhereItWasAsked()
    {
        await using var silo = await TemporarySilo.StartAsync("--url", "http://0.0.0.0:0", "--api-key", Key);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{new Uri(silo.Url).Port}"), DefaultRequestHeaders = { { "X-Api-Key", Key } } };

        var cluster = await http.GetFromJsonAsync("/api/cluster", ClusterJson.Default.ClusterDescription);

        Assert.Equal(http.BaseAddress, new Uri(Assert.Single(cluster!.Silos).Url));
    }

    [Fact]
    public async Task Runs_Phase_IsNamedAsTheConsoleNamesIt()
    {
        await using var silo = await TemporarySilo.StartAsync();
        using var http = silo.Http;
        var run = await Client.ConsoleRun.OfAsync("evaluate", "--policy", "floor:random", "--no-floors", "--test-tasks", "1", "--out", silo.Folder.Of("out"), "--silo", silo.Url);
        var listed = await Client.ConsoleRun.OfAsync("runs", "list", "--json", "--silo", silo.Url);
        var text = await http.GetStringAsync(new Uri("/api/runs/evaluate-built-in-1", UriKind.Relative));

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("\"phase\":\"completed\"", text, StringComparison.Ordinal);
        Assert.Contains("\"phase\": \"completed\"", listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_UnknownId_IsNotFound()
    {
        await using var silo = await TemporarySilo.StartAsync();
        using var http = silo.Http;

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, "/api/runs/none"));
        Assert.Equal("[]", await http.GetStringAsync(new Uri("/api/runs", UriKind.Relative)));
    }

    [Fact]
    public async Task Scale_SiloWithoutWork_SaysWhereItIsAndWantsNone()
    {
        await using var silo = await TemporarySilo.StartAsync("--StepTool:Labels:gpu", "true", "--max-episodes", "7");
        using var http = silo.Http;
        var scale = await http.GetFromJsonAsync("/api/scale", ScaleJson.Default.ScaleDescription);
        for (var since = Stopwatch.StartNew(); since.Elapsed < Patience && scale!.Silos.Count == 0;)
        {
            scale = await http.GetFromJsonAsync("/api/scale", ScaleJson.Default.ScaleDescription); // the silo's first report is on its way
        }

        var self = Assert.Single(scale!.Silos);
        Assert.Equal((silo.Url, "true", 0, 7), (self.Url, self.Labels["gpu"], self.InFlight, self.Capacity));
        Assert.Equal((new QueueDepth(0, 0), new WantedSilos(0, 0)), (scale.Queue, scale.Wanted));
        Assert.Empty(scale.Trainers);
    }

    [Fact]
    public async Task Scale_AsText_HasTheNamesThatAutoscalersRead()
    {
        await using var silo = await TemporarySilo.StartAsync();
        using var http = silo.Http;
        Assert.EndsWith("""
            ,"trainers":[],"wanted":{"silos":0,"gpuSilos":0}}
            """, await http.GetStringAsync(new Uri("/api/scale", UriKind.Relative)), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> PutAsync(HttpClient http, string path, byte[] content)
    {
        using var body = new ByteArrayContent(content);
        using var response = await http.PutAsync(new Uri(path, UriKind.Relative), body);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path, string? header = null, string value = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
        {
            request.Headers.Add(header, value);
        }

        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }
}
