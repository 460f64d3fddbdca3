using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using StepTool.Bench.Fleet;
using StepTool.Client.Catalogues;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Imports.OpenApi;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;

namespace StepTool.Bench.Crashes;

/// <summary>Tasks for a standing run, as a console queues them: each finds, orders and pays an item of its own at the shop, by real HTTP.</summary>
internal sealed class Orders(Connection connection, CallCounter counter)
{
    /// <summary>The standing run.</summary>
    internal const string Run = "orders";

    private const int Batch = 32;
    private const int Open = 64;
    private const int Turns = 5;
    private ImmutableArray<ApiKey> _apis;

    /// <summary>Tasks queued so far.</summary>
    internal long Queued { get; private set; }

    /// <summary>Imports the shop and starts the run.</summary>
    internal async Task StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("steptool-shop-");
        try
        {
            var document = Path.Combine(folder.FullName, "shop.yaml");
            await File.WriteAllTextAsync(document, counter.Document());
            var (world, _) = await CatalogueImporter.RunAsync(connection, [new OpenApiSource(document, null)], Path.Combine(folder.FullName, "work"), null, Terminal.OfProcess(), default);
            _apis = [.. (await connection.Worlds.GetAsync(world, default)).Apis];
            await connection.Run(Run).StartAsync(new RunPlan { Run = Run, World = world, Serves = PolicyReference.Parse("floor:listed"), Tools = ToolMode.Live });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Queues more, where few are open.</summary>
    internal async Task FeedAsync()
    {
        if (Queued - Ledger.Done(await StatusAsync()) < Open)
        {
            var batch = new TaskBatch($"batch-{Queued}", [.. Enumerable.Range(0, Batch).Select(index => Task(Queued + index))]);
            await Patience.UntilAnsweredAsync(() => connection.Run(Run).AddTasksAsync(batch));
            Queued += Batch;
        }
    }

    /// <summary>How the run stands.</summary>
    internal Task<RunStatus> StatusAsync() => Patience.UntilAnsweredAsync(() => connection.Run(Run).StatusAsync());

    /// <summary>By what the server knows a step's call; null for a step of another run.</summary>
    internal static string? KeyOf(Episode episode, ToolCall call) =>
        episode.Id.Run == Run ? CallCounter.Key(call.Api.Api, JsonDocument.Parse(call.Arguments).RootElement.GetProperty("item").GetInt64()) : null;

    private AgentTask Task(long item) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"order-{item}"),
        Query = string.Create(CultureInfo.InvariantCulture, $"Find, order and pay item {item}."),
        Offered = _apis,
        MaxTurns = Turns,
    };
}
