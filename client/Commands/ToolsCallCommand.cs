using System.CommandLine;
using System.Globalization;
using Orleans.Runtime;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Queue;
using StepTool.Client.Worlds;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tools;

namespace StepTool.Client.Commands;

/// <summary><c>tools call</c>: calls one API through its grain, as an episode would.</summary>
internal sealed class ToolsCallCommand : ConsoleCommand
{
    private readonly Argument<string> _api = new("API") { Description = "Key of the API: category/tool/api" };
    private readonly Option<string> _arguments = new("--arguments") { Description = "Arguments as a JSON object", HelpName = "JSON", DefaultValueFactory = _ => "{}" };
    private readonly Option<ToolMode> _tools = ToolModeOption.Create();
    private readonly WorldOptions _world;
    private readonly ConnectionOptions _connection;

    public ToolsCallCommand()
        : base(
            "call",
            "Call an API once",
            "steptool tools call weather/open_forecast/daily --arguments '{\"city\": \"Oslo\"}'",
            "steptool tools call openapi/pets/getpet --world pets --tools live --arguments '{\"id\": 7}'")
    {
        Arguments.Add(_api);
        Options.Add(_arguments);
        Options.Add(_tools);
        _world = new WorldOptions(this);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var world = await _world.LoadAsync(parsed, connection, terminal, cancellationToken);
        var api = world.Describe(parsed.GetValue(_api)!);
        string arguments;
        try
        {
            arguments = CanonicalArguments.FromJson(parsed.GetValue(_arguments)!);
        }
        catch (ArgumentsException exception)
        {
            throw Refusal.Usage($"--arguments is '{parsed.GetValue(_arguments)}': {exception.Message}");
        }

        var grain = connection.Grains.GetGrain<IToolApiGrain>(ToolApiKey.Of(world.Reference, api.Key));
        var request = new ToolRequest(new ToolCall(api.Key, arguments), $"console/{Guid.NewGuid():N}#0", 0, parsed.GetValue(_tools));
        var reply = request.Mode.IsLive && api.Mutates ? await CallOnceAsync(grain, request, cancellationToken) : await grain.CallAsync(request, cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(reply);
            return reply is ToolFaulted ? 1 : 0;
        }

        switch (reply)
        {
            case ToolAnswer answer:
                terminal.Line($"{answer.Status}, {Origin(answer)}");
                terminal.Line(answer.Error.Length > 0 ? $"error: {answer.Error}" : answer.Response);
                return 0;
            case ToolDeferred deferred:
                terminal.Line($"No answer yet; ask again in {Math.Max(1, Math.Ceiling(deferred.Wait.TotalSeconds)):0} s.");
                return 0;
            case ToolFaulted faulted:
                throw Refusal.Failed($"The call was lost: {faulted.Fault.Kind}. {faulted.Fault.Message}");
            default:
                throw new InvalidOperationException($"A reply of type {reply.GetType().Name} is not known.");
        }
    }

    private static async Task<ToolReply> CallOnceAsync(IToolApiGrain grain, ToolRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await LostCalls.OnceAsync(() => grain.CallAsync(request, cancellationToken));
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return new ToolFaulted(new ToolFault(
                ToolFaultKind.OutcomeUnknown, $"{request.Call.Api} changes something and may have been called; it was not called again. See there what it did. {exception.Message}"));
        }
    }

    private static string Origin(ToolAnswer answer)
    {
        var real = answer.Real is { } call
            ? $", called {call.At:u}{(call.Status is { } status ? $" with status {status}" : "")} in {Milliseconds(call.Duration)}{(call.IsCut ? ", its end cut" : "")}"
            : "";
        return $"{answer.Provenance}{real}{(answer.Latency is { } latency ? $", answered in {Milliseconds(latency)}" : "")}";
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms");
}
