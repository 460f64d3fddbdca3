using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using StepTool.Core.Episodes;
using StepTool.Core.Tools;

namespace StepTool.Bench.Engines.Overhead;

/// <summary>Calls as the house's contracts declare them, with the house's records.</summary>
[Alias("StepTool.Bench.IHouseEchoGrain")]
public interface IHouseEchoGrain : IGrainWithStringKey
{
    [Alias("Where"), AlwaysInterleave]
    Task<string> WhereAsync(CancellationToken cancellationToken = default);

    [Alias("Ping"), AlwaysInterleave]
    Task PingAsync(CancellationToken cancellationToken = default);

    [Alias("Call"), AlwaysInterleave]
    Task<ToolReply> CallAsync(ToolRequest request, CancellationToken cancellationToken = default);

    [Alias("Step"), AlwaysInterleave]
    Task StepAsync(Step step, CancellationToken cancellationToken = default);
}

/// <summary>The same calls as Orleans alone would have them.</summary>
public interface IBareEchoGrain : IGrainWithStringKey
{
    Task<string> WhereAsync();

    Task PingAsync();

    Task<BareReply> CallAsync(BareRequest request);

    Task StepAsync(BareStep step);
}

/// <inheritdoc cref="IHouseEchoGrain"/>
[RandomPlacement]
public sealed class HouseEchoGrain(ILocalSiloDetails silo) : Grain, IHouseEchoGrain
{
    public Task<string> WhereAsync(CancellationToken cancellationToken) => Task.FromResult(silo.SiloAddress.ToParsableString());

    public Task PingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<ToolReply> CallAsync(ToolRequest request, CancellationToken cancellationToken) => Task.FromResult(Messages.Reply);

    public Task StepAsync(Step step, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <inheritdoc cref="IBareEchoGrain"/>
[RandomPlacement]
public sealed class BareEchoGrain(ILocalSiloDetails silo) : Grain, IBareEchoGrain
{
    public Task<string> WhereAsync() => Task.FromResult(silo.SiloAddress.ToParsableString());

    public Task PingAsync() => Task.CompletedTask;

    public Task<BareReply> CallAsync(BareRequest request) => Task.FromResult(Messages.BareReply);

    public Task StepAsync(BareStep step) => Task.CompletedTask;
}
