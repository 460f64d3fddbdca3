namespace StepTool.Client.Training;

/// <summary>What <c>train</c> was asked for, every option decided.</summary>
internal sealed record TrainRequest : ExperimentRequest
{
    /// <summary>Id of the run; its policy has the same name.</summary>
    public required string Run { get; init; }

    /// <summary>Updates altogether.</summary>
    public required int Iterations { get; init; }

    /// <summary>Seed of first weights, sampling and order.</summary>
    public ulong Seed { get; init; } = 1;
}
