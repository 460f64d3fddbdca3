using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Models;
using StepTool.Learning.Optimisers;
using TorchSharp;

namespace StepTool.Learning.Backends.Torch;

/// <summary>The backend on Torch: the network's passes on the processor or on a GPU, gradients by Torch's own differentiation.</summary>
/// <remarks>
/// Losses and the optimiser's step are those of the managed backend. Results agree with it but for rounding; on a GPU sums are added in no fixed order,
/// so two runs there differ by rounding too.
/// </remarks>
public sealed class TorchBackend : ILearnerBackend
{
    private readonly torch.Device _device;

    /// <summary>Makes a backend.</summary>
    /// <param name="cuda">Whether it computes on the first GPU.</param>
    /// <param name="threads">How many threads of the processor work at once in all of Torch, 1 to 256. Default: one for each processor.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is out of range.</exception>
    /// <exception cref="PlatformNotSupportedException">Torch, or its GPU, cannot be used here.</exception>
    public TorchBackend(bool cuda, int? threads = null)
    {
        var count = threads ?? Math.Min(Environment.ProcessorCount, 256);
        if (count is < 1 or > 256)
        {
            throw new ArgumentOutOfRangeException(nameof(threads), threads, "The number of threads must be from 1 to 256. Leave it out for one a processor.");
        }

        if (Obstacle(cuda) is { } obstacle)
        {
            throw new PlatformNotSupportedException(obstacle);
        }

        torch.set_num_threads(count);
        _device = cuda ? torch.CUDA : torch.CPU;
        Name = $"Torch {torch.__version__}, {(cuda ? "CUDA" : count == 1 ? "1 thread" : $"{count} threads")}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Why Torch cannot be used here, with the remedy; null where it can.</summary>
    /// <param name="cuda">Whether it is to compute on a GPU.</param>
    public static string? Obstacle(bool cuda)
    {
        try
        {
            if (!torch.TryInitializeDeviceType(cuda ? DeviceType.CUDA : DeviceType.CPU))
            {
                return "no GPU, or no CUDA package of TorchSharp, was found. Build with -p:TorchPackage=TorchSharp-cuda-linux on a machine with a GPU, or use managed.";
            }

            return null;
        }
        catch (Exception exception) when (exception is TypeInitializationException or NotSupportedException or DllNotFoundException)
        {
            return "Torch's native library did not load; on Linux it needs the C++ library of GCC 13 or newer (Debian 13, Ubuntu 24.04). Install that, or use managed.";
        }
    }

    /// <inheritdoc/>
    public ILearnerNetwork CreateNetwork(CandidateArchitecture architecture) => new TorchNetwork(architecture, _device);

    /// <inheritdoc/>
    public void AdamWStep(in AdamWStep step, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> firstMoment, Span<float> secondMoment) =>
        AdamWUpdate.Apply(step, weights, gradient, firstMoment, secondMoment);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
