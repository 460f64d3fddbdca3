using Orleans.Concurrency;

namespace StepTool.Grains.Contracts;

/// <summary>One host that real APIs are called at, keyed by its name such as <c>https://api.example.com</c>: shares out among the silos what the cluster may ask of it. Stores nothing.</summary>
[Alias("StepTool.IToolHostGrain")]
public interface IToolHostGrain : IGrainWithStringKey
{
    /// <summary>Leases permits to a silo, in place of those that it had.</summary>
    [Alias("Lease"), AlwaysInterleave]
    Task<HostLease> LeaseAsync(HostDemand demand, CancellationToken cancellationToken = default);

    /// <summary>Takes back what a silo had.</summary>
    [Alias("Release"), AlwaysInterleave]
    Task ReleaseAsync(string silo, CancellationToken cancellationToken = default);
}

/// <summary>What a silo needs.</summary>
/// <param name="Silo">Its name.</param>
/// <param name="Waiting">Requests that wait for permits.</param>
/// <param name="UnderWay">Requests under way.</param>
public sealed record HostDemand(string Silo, int Waiting, int UnderWay);

/// <summary>What a silo may do.</summary>
/// <param name="Requests">Requests that it may make.</param>
/// <param name="Concurrent">Requests that it may have under way, those that are included.</param>
/// <param name="Fresh">How long from now requests may be made under this lease.</param>
/// <param name="Again">When to ask for what was not granted.</param>
public sealed record HostLease(int Requests, int Concurrent, TimeSpan Fresh, TimeSpan Again);
