using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using Xunit;

namespace StepTool.Tests.Silo.Tools;

/// <summary>A server by HTTP whose refusals are told from its tools' failures.</summary>
[Trait("Kind", "Unit")]
public sealed class McpRefusalTests
{
    private const int OwnError = -32000;

    [Fact]
    public async Task CallAsync_ToolFailsAfterItsWork_IsAnAnswerThoughTheSessionBeganWithARefusal()
    {
        await using var shop = await Shop.OpenAsync(_ => Task.FromResult(StatusCodes.Status200OK));
        await using var house = shop.House();

        var reply = await house.CallAsync(Order);

        Assert.Contains("server/discover: 400", shop.Seen);
        Assert.Equal((1, false, false), (shop.Orders, reply.NeverSent, reply.IsTransient));
        Assert.Contains("the receipt could not be printed", Assert.IsType<ToolAnswer>(reply.Reply).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallAsync_CallItselfIsRefused_WasNeverSent()
    {
        await using var shop = await Shop.OpenAsync(_ => Task.FromResult(StatusCodes.Status400BadRequest));
        await using var house = shop.House();

        var reply = await house.CallAsync(Order);

        Assert.Equal((0, true, true), (shop.Orders, reply.NeverSent, reply.IsTransient));
    }

    [Fact]
    public async Task CallAsync_ServerIsGoneBeforeIt_WasNeverSent()
    {
        var shop = await Shop.OpenAsync(_ => Task.FromResult(StatusCodes.Status200OK));
        await using var house = shop.House();
        await house.CallAsync(Order);
        await shop.DisposeAsync();

        var reply = await house.CallAsync(Order);

        Assert.Equal((ToolFaultKind.Unavailable, true, true), (Assert.IsType<ToolFaulted>(reply.Reply).Fault.Kind, reply.NeverSent, reply.IsTransient));
    }

    [Fact]
    public async Task CallAsync_AnotherBreaksTheSession_IsAnsweredAllTheSame()
    {
        var (asked, released) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var shop = await Shop.OpenAsync(async tool =>
        {
            if (tool == "slow")
            {
                asked.SetResult();
                await released.Task;
            }

            return tool == "broken" ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
        });
        await using var house = shop.House();
        var slow = house.CallAsync(Apis.Bound(new McpBinding("shop", "slow"), "CALL"));
        await asked.Task;

        var broken = await house.CallAsync(Apis.Bound(new McpBinding("shop", "broken"), "CALL"));
        var next = await house.CallAsync(Order); // by a session of its own
        released.SetResult();

        Assert.Equal(ToolFaultKind.OutcomeUnknown, Assert.IsType<ToolFaulted>(broken.Reply).Fault.Kind);
        Assert.IsType<ToolAnswer>(next.Reply);
        Assert.IsType<ToolAnswer>((await slow).Reply);
        Assert.Equal(2, shop.Seen.Count(seen => seen.StartsWith("initialize", StringComparison.Ordinal)));
    }

    private static ApiDefinition Order => Apis.Bound(new McpBinding("shop", "order"), "CALL");

    /// <summary>Knows no request but the oldest protocol's; its tools never answer with a result.</summary>
    private sealed class Shop(WebApplication app) : IAsyncDisposable
    {
        public List<string> Seen { get; } = [];

        public int Orders { get; private set; }

        public static async Task<Shop> OpenAsync(Func<string, Task<int>> call)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var shop = new Shop(app);
            app.Run(http => shop.AnswerAsync(http, call));
            await app.StartAsync();
            return shop;
        }

        public LiveHouse House()
        {
            var host = new Uri(app.Urls.Single()).Authority;
            return LiveHouse.Create(new() { ["McpServers:shop:Url"] = $"http://{host}/mcp", ["AllowedHosts:0"] = host, ["AllowPrivateAddresses"] = "true" });
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task AnswerAsync(HttpContext http, Func<string, Task<int>> call)
        {
            var message = http.Request.Method == HttpMethods.Post ? await JsonNode.ParseAsync(http.Request.Body) : null;
            var statusOfCall = (string?)message?["method"] == "tools/call" ? await call((string)message!["params"]!["name"]!) : 0;
            var (status, answer) = (string?)message?["method"] switch
            {
                null => (StatusCodes.Status405MethodNotAllowed, null),
                "initialize" => (StatusCodes.Status200OK, Result(new() { ["protocolVersion"] = "2025-06-18", ["capabilities"] = new JsonObject { ["tools"] = new JsonObject() }, ["serverInfo"] = new JsonObject { ["name"] = "shop", ["version"] = "1" } })),
                "tools/call" when statusOfCall != StatusCodes.Status200OK => (statusOfCall, Error("Bad Request: no valid session ID provided")),
                "tools/call" => (StatusCodes.Status200OK, Error("the receipt could not be printed", orders: 1)),
                _ when message!["id"] is null => (StatusCodes.Status202Accepted, null),
                _ => (StatusCodes.Status400BadRequest, Error("Bad Request: Server not initialized")),
            };
            lock (Seen)
            {
                Seen.Add($"{(string?)message?["method"]}: {status}");
            }

            http.Response.StatusCode = status;
            if (answer is not null)
            {
                (answer["jsonrpc"], answer["id"]) = ("2.0", message!["id"]!.DeepClone());
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync(answer.ToJsonString());
            }
        }

        private static JsonObject Result(JsonObject result) => new() { ["result"] = result };

        private JsonObject Error(string message, int orders = 0)
        {
            Orders += orders;
            return new JsonObject { ["error"] = new JsonObject { ["code"] = OwnError, ["message"] = message } };
        }
    }
}
