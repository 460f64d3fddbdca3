using StepTool.Learning.Backends.Managed;

namespace StepTool.Learning.Backends;

/// <summary>The learner's backends by name.</summary>
public static partial class LearnerBackends
{
    /// <summary>C# alone, in every build.</summary>
    public const string Managed = "managed";

    /// <summary>Torch on the processor, in builds with <c>-p:Torch=true</c>.</summary>
    public const string TorchCpu = "torch-cpu";

    /// <summary>Torch on a GPU, in builds with <c>-p:Torch=true</c> and one of TorchSharp's CUDA packages.</summary>
    public const string TorchCuda = "torch-cuda";

    /// <summary>Why a backend cannot be used here, with the remedy; null where it can.</summary>
    /// <param name="name">One of the names above.</param>
    /// <exception cref="ArgumentException">There is no backend of that name.</exception>
    public static string? Obstacle(string name)
    {
        if (name == Managed)
        {
            return null;
        }

        string? obstacle = "this build has no Torch. Build with -p:Torch=true, or use managed.";
        FindObstacle(RequireTorch(name), ref obstacle);
        return obstacle;
    }

    /// <summary>Makes a backend.</summary>
    /// <param name="name">One of the names above.</param>
    /// <param name="threads">How many threads of the processor work at once, 1 to 256. Default: one for each processor.</param>
    /// <exception cref="ArgumentException">There is no backend of that name.</exception>
    /// <exception cref="PlatformNotSupportedException">The backend cannot be used here.</exception>
    public static ILearnerBackend Create(string name, int? threads = null)
    {
        if (Obstacle(name) is { } obstacle)
        {
            throw new PlatformNotSupportedException($"The learner's backend '{name}' cannot be used here: {obstacle}");
        }

        ILearnerBackend? torch = null;
        if (name != Managed)
        {
            CreateTorch(RequireTorch(name), threads, ref torch);
        }

        return torch ?? new ManagedBackend(threads);
    }

    // Without Torch these have no body, and calls of them are left out.
    static partial void FindObstacle(bool cuda, ref string? obstacle);

    static partial void CreateTorch(bool cuda, int? threads, ref ILearnerBackend? backend);

    private static bool RequireTorch(string name) => name switch
    {
        TorchCpu => false,
        TorchCuda => true,
        _ => throw new ArgumentException($"The learner has no backend '{name}'; use {Managed}, {TorchCpu} or {TorchCuda}."),
    };
}
