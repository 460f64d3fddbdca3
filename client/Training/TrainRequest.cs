namespace StepTool.Client.Training;

/// <summary>What <c>train</c> was asked for, every option decided.</summary>
internal sealed record TrainRequest : ExperimentRequest
{
    /// <summary>Id of the run; its policy has the same name.</summary>
    public required string Run { get; init; }

    /// <summary>Updates altogether.</summary>
    public required int Iterations { get; init; }

    /// <summary>Whether each look at dev decides if its version is promoted; else each part of the training promotes its last one.</summary>
    public bool IsGated { get; init; } = true;

    /// <summary>Versions kept; 0 for all.</summary>
    public int KeptVersions { get; init; }

    /// <summary>Seed of first weights, sampling and order.</summary>
    public ulong Seed { get; init; } = 1;
}
