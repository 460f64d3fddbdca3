namespace StepTool.Learning.Batches;

/// <summary>One episode's part of a <see cref="DecisionBatch"/>, with what was earned and how likely each choice was when it was made. After its last step nothing can be earned: the budget of turns belongs to the task.</summary>
public sealed class TrainingEpisode
{
    /// <summary>Makes an episode of the decisions from <paramref name="from"/> on, as many as there are rewards.</summary>
    /// <param name="from">The first decision in the batch.</param>
    /// <param name="rewards">The reward of each step [steps].</param>
    /// <param name="behaviourLogProbabilities">The natural logarithm of the chosen candidate's probability under the behaviour policy [steps], at most 0.</param>
    /// <exception cref="ArgumentException">There is no step, the lengths differ, or a number is not finite or a log-probability is above 0.</exception>
    public TrainingEpisode(int from, float[] rewards, float[] behaviourLogProbabilities)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentNullException.ThrowIfNull(rewards);
        ArgumentNullException.ThrowIfNull(behaviourLogProbabilities);
        if (rewards.Length == 0 || rewards.Length != behaviourLogProbabilities.Length)
        {
            throw new ArgumentException($"Rewards are [{rewards.Length}] and log-probabilities [{behaviourLogProbabilities.Length}]; both need the episode's steps, at least 1.", nameof(rewards));
        }

        for (var step = 0; step < rewards.Length; step++)
        {
            if (!float.IsFinite(rewards[step]))
            {
                throw new ArgumentException($"The reward of step {step} is {rewards[step]}; it must be finite.", nameof(rewards));
            }

            if (!(behaviourLogProbabilities[step] <= 1e-4f) || !float.IsFinite(behaviourLogProbabilities[step]))
            {
                throw new ArgumentException(
                    $"The log-probability of step {step} is {behaviourLogProbabilities[step]}; it must be finite and at most 0.", nameof(behaviourLogProbabilities));
            }
        }

        From = from;
        Rewards = rewards;
        BehaviourLogProbabilities = behaviourLogProbabilities;
    }

    /// <summary>The first decision in the batch.</summary>
    public int From { get; }

    /// <summary>One past the last decision in the batch.</summary>
    public int To => From + Rewards.Length;

    /// <summary>The number of steps.</summary>
    public int Steps => Rewards.Length;

    /// <summary>The reward of each step [steps].</summary>
    public float[] Rewards { get; }

    /// <summary>The log-probability of each choice under the behaviour policy [steps].</summary>
    public float[] BehaviourLogProbabilities { get; }

    /// <summary>Tokens from the end of each action to the end of the next: its observation and what follows [steps]; empty where nobody counted.</summary>
    /// <exception cref="ArgumentException">There are some, and not one number of at least 1 for each step.</exception>
    public int[] Tokens
    {
        get;
        init => field = value.Length == 0 || (value.Length == Rewards.Length && value.All(tokens => tokens >= 1))
            ? value
            : throw new ArgumentException($"Tokens are [{string.Join(", ", value)}]; one number of at least 1 is needed for each of [{Rewards.Length}] steps.", nameof(value));
    } = [];

    /// <summary>What the last step earned for the task as a whole: 1 Solved, 0.5 Unsure, 0 Unsolved or without a Finish.</summary>
    public float FinalReward { get; init; }

    /// <summary>Whether the task was solved.</summary>
    public bool IsSolved => FinalReward >= 1;

    /// <summary>A hash of all that was known before each step; equal numbers are equal situations [steps]; empty where nobody computed it.</summary>
    public ulong[] Histories { get; init; } = [];

    /// <summary>The candidates that are right by the tasks' truth, before each step [steps]; empty where nobody may know it.</summary>
    public int[][] Relevant { get; init; } = [];

    /// <summary>A hash of the task and the set of calls made, whatever their order.</summary>
    public ulong Signature { get; init; }

    /// <summary>The same episode with other rewards.</summary>
    /// <param name="rewards">The reward of each step [steps].</param>
    /// <exception cref="ArgumentException">There is another number of rewards than of steps, or one is not finite.</exception>
    public TrainingEpisode WithRewards(float[] rewards) =>
        new(From, rewards, BehaviourLogProbabilities) { Tokens = Tokens, FinalReward = FinalReward, Histories = Histories, Relevant = Relevant, Signature = Signature };
}
