using System.Diagnostics;
using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>
/// Keeps a container for this process while it lives: two processes over one container would each run all grains. It is a lease on one blob, renewed again and
/// again and given back at the end; a killed owner's ends by itself.
/// </summary>
internal sealed partial class AzureOwnership(AzureContainer container, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<AzureOwnership> logger) : IHostedService
{
    /// <summary>Name of the blob whose lease is the container's.</summary>
    internal const string BlobName = "owner";

    private const string Id = "process";
    private const string Started = "started";
    private const string Machine = "machine";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenRenewals = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private BlobLeaseClient? _lease;
    private Task _renewing = Task.CompletedTask;

    private BlobClient Blob => container.Blob(BlobName);

    /// <summary>Takes the container; waits for the lease of an owner that may have been killed.</summary>
    /// <exception cref="StorageException">Another process has it, and lives.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        var waitsFor = "";
        while (!await container.SendAsync(() => TryTakeAsync(cancellationToken), cancellationToken))
        {
            var owner = await container.SendAsync(async () => (await Blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value.Metadata, cancellationToken);
            if (LivesHere(owner) || time.GetElapsedTime(since) > Lease + BetweenRenewals)
            {
                throw new StorageException(
                    $"The {container.Place} is in use by {Name(owner)}; the embedded engine is one process. Let that one stop, give this silo another StepTool:Azure:Container, or build with -p:Engine=Orleans for several silos.");
            }

            if (waitsFor != (waitsFor = Name(owner)))
            {
                LogWaiting(container.Place, waitsFor, Lease.TotalSeconds);
            }

            await Task.Delay(BetweenTries, time, cancellationToken);
        }

        _renewing = RenewAsync(_stopping.Token);
    }

    /// <summary>Gives the container free.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _renewing;
        if (_lease is not null)
        {
            await container.SendAsync(() => IsAnswered(_lease.ReleaseAsync(cancellationToken: cancellationToken)), cancellationToken);
        }

        _stopping.Dispose();
    }

    private static string Name(IDictionary<string, string> owner) =>
        owner.TryGetValue(Id, out var id) ? $"process {id} on {Uri.UnescapeDataString(owner[Machine])}" : "another process";

    // A process of that number that started at another time is not the owner.
    private static bool LivesHere(IDictionary<string, string> owner)
    {
        if (!owner.TryGetValue(Id, out var id) || owner[Machine] != ThisMachine)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
            return Math.Abs((StartOf(process) - DateTime.Parse(owner[Started], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)).TotalSeconds) < 1;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false; // there is none
        }
    }

    private static string ThisMachine => Uri.EscapeDataString(Environment.MachineName);

    private static DateTime StartOf(Process process) => process.StartTime.ToUniversalTime();

    // False where the service says that the lease is another's.
    private static async Task<bool> IsAnswered<T>(Task<T> request)
    {
        try
        {
            await request;
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
        {
            return false;
        }
    }

    private async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        await IsAnswered(Blob.UploadAsync(BinaryData.Empty, new BlobUploadOptions { Conditions = new() { IfNoneMatch = ETag.All } }, cancellationToken));
        var lease = Blob.GetBlobLeaseClient();
        if (!await IsAnswered(lease.AcquireAsync(Lease, cancellationToken: cancellationToken)))
        {
            return false;
        }

        using var process = Process.GetCurrentProcess();
        await Blob.SetMetadataAsync(
            new Dictionary<string, string>
            {
                [Id] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
                [Started] = StartOf(process).ToString("O", CultureInfo.InvariantCulture),
                [Machine] = ThisMachine,
            },
            new BlobRequestConditions { LeaseId = lease.LeaseId },
            cancellationToken);
        _lease = lease;
        return true;
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BetweenRenewals, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    if (!await container.SendAsync(() => IsAnswered(_lease!.RenewAsync(cancellationToken: cancellationToken)), cancellationToken))
                    {
                        LogLost(container.Place);
                        _lease = null;
                        lifetime.StopApplication();
                        return;
                    }
                }
                catch (StorageException exception)
                {
                    LogUnrenewed(exception);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Place} was last owned by {Owner}; waiting up to {Seconds} seconds for its lease to end.")]
    private partial void LogWaiting(string place, string owner, double seconds);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Another process has taken the {Place}; this one stops, so that no grain runs twice. Give each its own StepTool:Azure:Container.")]
    private partial void LogLost(string place);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease was not renewed; it is tried again.")]
    private partial void LogUnrenewed(StorageException exception);
}
