using StepTool.Learning.Backends.Torch;

namespace StepTool.Learning.Backends;

/// <content>What a build with Torch adds.</content>
public static partial class LearnerBackends
{
    static partial void FindObstacle(bool cuda, ref string? obstacle) => obstacle = TorchBackend.Obstacle(cuda);

    static partial void CreateTorch(bool cuda, int? threads, ref ILearnerBackend? backend) => backend = new TorchBackend(cuda, threads);
}
