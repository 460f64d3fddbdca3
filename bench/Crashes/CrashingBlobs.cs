using StepTool.Core.Storage;
using StepTool.Grains.Tasks;

namespace StepTool.Bench.Crashes;

/// <summary>The silo's own blob store, in which the process dies at a moment. Blobs carry no names, so that what they are is read from them.</summary>
internal sealed class CrashingBlobs(IBlobStore blobs, CrashPoint point) : IBlobStore, IBlobEraser
{
    private const int TensorsFrom = 8; // a file of tensors begins with the length of its header, and that with a brace

    public async ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var hash = await blobs.PutAsync(content, cancellationToken);
        if (point.IsArmed(CrashWindow.WeightsStored) && content.Length > TensorsFrom && content.Span[TensorsFrom] == '{')
        {
            point.Pass(CrashWindow.WeightsStored);
        }

        if (point.IsArmed(CrashWindow.TrajectoryStored) && IsTrajectory(content))
        {
            point.Pass(CrashWindow.TrajectoryStored);
        }

        return hash;
    }

    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken)
    {
        var content = await blobs.GetAsync(hash, cancellationToken);
        if (point.IsArmed(CrashWindow.Updating) && IsTrajectory(content))
        {
            point.Pass(CrashWindow.Updating); // only the trainer reads them in a silo
        }

        return content;
    }

    public ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken) => blobs.ExistsAsync(hash, cancellationToken);

    private static bool IsTrajectory(ReadOnlyMemory<byte> content)
    {
        try
        {
            _ = EpisodeCodec.Decode(content);
            return true;
        }
        catch (StorageException)
        {
            return false;
        }
    }

    public ValueTask EraseAsync(string hash, CancellationToken cancellationToken) => ((IBlobEraser)blobs).EraseAsync(hash, cancellationToken);
}
