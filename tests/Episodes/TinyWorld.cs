using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Tests.Episodes;

/// <summary>
/// A shop of a few items: <c>find_item</c> turns a name into an id, <c>item_price</c> an id into a price, <c>order_item</c> mutates, and <c>shop_news</c> is of no use.
/// A task asks for the price of one item; its answer is <c>price: N</c>. An item whose number is a multiple of <see cref="Flaky"/> has a price that fails once.
/// </summary>
internal sealed class TinyWorld : IWorld, IJudge
{
    public const int Flaky = 5;
    public static readonly ApiKey Find = new("shop", "store", "find_item");
    public static readonly ApiKey Price = new("shop", "store", "item_price");
    public static readonly ApiKey Order = new("shop", "store", "order_item");
    public static readonly ApiKey News = new("shop", "gazette", "shop_news");
    private static readonly ApiDocumentation[] Documentation =
    [
        Document(Find, "GET", "Finds an item by its name and returns its item id.", "name"),
        Document(Price, "GET", "Returns the price of an item by its item id.", "item_id"),
        Document(Order, "POST", "Orders an item by its item id.", "item_id"),
        Document(News, "GET", "Returns today's headlines."),
    ];

    private readonly ImmutableDictionary<string, int> _items;

    public TinyWorld(int train = 24, int test = 12, int maxTurns = 5)
    {
        Tasks = [.. Enumerable.Range(0, train + test).Select(index => new AgentTask
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{(index < train ? "train" : "test")}-{index}"),
            Query = $"What is the price of the item called \"{Name(index)}\"?",
            Offered = [News, Find, Price, Order],
            MaxTurns = maxTurns,
        })];
        _items = Tasks.Select((task, index) => (task.Id, index)).ToImmutableDictionary(item => item.Id, item => item.index);
        DefaultMaxTurns = maxTurns;
    }

    public string Id => "tiny";

    public ImmutableArray<AgentTask> Tasks { get; }

    public int DefaultMaxTurns { get; }

    public IEnumerable<ApiKey> Apis => Documentation.Select(api => api.Key).Order();

    public IJudge Judge => this;

    public IDemonstrator? Demonstrator { get; init; }

    /// <summary>Told of each episode before it is judged.</summary>
    public Action<Episode> Judging { get; init; } = _ => { };

    public ImmutableArray<string> Excluded => [];

    public static string Name(int item) => string.Create(CultureInfo.InvariantCulture, $"Lamp {item}");

    public static string ItemId(int item) => string.Create(CultureInfo.InvariantCulture, $"itm-{1000 + item}");

    /// <summary>The item that a task is about.</summary>
    public static int ItemOf(AgentTask task) => int.Parse(task.Id.AsSpan(task.Id.IndexOf('-', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);

    public static int PriceOf(int item) => 20 + (item * 3);

    public static CallApi FindCall(int item) => Call(Find, "name", Name(item));

    public static CallApi PriceCall(int item) => Call(Price, "item_id", ItemId(item));

    public static CallApi OrderCall(int item) => Call(Order, "item_id", ItemId(item));

    public static CallApi NewsCall() => new(new ToolCall(News, "{}"));

    public TaskLabels Labels(AgentTask task) =>
        new(!_items.ContainsKey(task.Id) ? Split.None : task.Id.StartsWith("train", StringComparison.Ordinal) ? Split.Train : Split.Test, task.Id, "tiny", 2, "plain");

    public bool TryDescribe(ApiKey api, [NotNullWhen(true)] out ApiDocumentation? documentation)
    {
        documentation = Documentation.FirstOrDefault(known => known.Key == api);
        return documentation is not null;
    }

    public ToolAnswer Answer(ToolCall call, int attempt)
    {
        using var arguments = JsonDocument.Parse(call.Arguments);
        var text = arguments.RootElement.EnumerateObject().FirstOrDefault().Value is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";
        var item = Number(text);
        return call.Api switch
        {
            _ when call.Api == News => Ok("""{"headline":"All is well","issue":"4711"}"""),
            _ when !TryDescribe(call.Api, out _) => Failed(ToolStatus.UnknownApi, $"There is no API {call.Api}."),
            _ when item < 0 => Failed(ToolStatus.NotFound, "There is no such item."),
            _ when call.Api == Find => Ok($$"""{"item_id":"{{ItemId(item)}}","colour":"blue"}"""),
            _ when call.Api == Order => Ok($$"""{"order_id":"ord-{{item}}"}"""),
            _ when attempt == 0 && item % Flaky == 0 => Failed(ToolStatus.TimedOut, "The backend timed out. Try again."),
            _ => Ok(string.Create(CultureInfo.InvariantCulture, $$"""{"price":{{PriceOf(item)}}}""")),
        };
    }

    public bool Supplies(Episode episode, int step) => episode.Steps[step].Observation.Contains("\"price\"", StringComparison.Ordinal);

    Judgement IJudge.Judge(Episode episode)
    {
        Judging(episode);
        var called = episode.Steps.Where(step => step.Call is not null).Select(step => step.Call!.Api).Distinct().Count();
        if (!_items.TryGetValue(episode.Task.Id, out var item))
        {
            return new Judgement(Verdict.Unsure, false, 0, 0, called);
        }

        var answer = string.Create(CultureInfo.InvariantCulture, $"price: {PriceOf(item)}");
        var isSolved = episode.Status == EpisodeStatus.Finished && episode.FinalAnswer.Split("; ").Contains(answer);
        var relevant = episode.Steps.Where(step => step.Success && step.Call is { } call && (call.Api == Find || call.Api == Price)).Select(step => step.Call!.Api).Distinct().Count();
        return new Judgement(isSolved ? Verdict.Solved : Verdict.Unsolved, isSolved, relevant, 2, called);
    }

    // The item of a name or of an id, or -1.
    private int Number(string text)
    {
        for (var item = 0; item < Tasks.Length; item++)
        {
            if (text == Name(item) || text == ItemId(item))
            {
                return item;
            }
        }

        return -1;
    }

    private static CallApi Call(ApiKey api, string parameter, string value) =>
        new(new ToolCall(api, CanonicalArguments.FromJson($$"""{"{{parameter}}":"{{value}}"}""")));

    private static ToolAnswer Ok(string response) => new(ToolStatus.Ok, "", response, Provenance.World);

    private static ToolAnswer Failed(ToolStatus status, string error) => new(status, error, "", Provenance.World);

    private static ApiDocumentation Document(ApiKey key, string method, string description, string? parameter = null) => new()
    {
        Key = key,
        ToolName = key.Tool,
        ApiName = key.Api,
        Description = description,
        Method = method,
        Parameters = parameter is null ? [] : [new ParameterDocumentation(parameter, ParameterType.Text, true, "", null, [])],
    };
}
