using StepTool.Learning.Backends;
using StepTool.Learning.Batches;
using StepTool.Learning.Models;
using StepTool.Learning.Objectives;

namespace StepTool.Learning.Learner;

/// <summary>Runs a network over many decisions in shards that fit a core's cache, on all threads of the backend.</summary>
/// <remarks>
/// Each shard has its own gradient and these are added up in the shards' order, so results are the same bit by bit for any number of threads.
/// Memory is reused. For one caller at a time.
/// </remarks>
internal sealed class ShardedNetwork : ILearnerNetwork
{
    private const int SumLength = 4096;

    private readonly IComputeBackend _backend;
    private readonly CandidateNetwork _network;
    private readonly Worker[] _workers;
    private readonly ShardPlan _plan = new();
    private readonly List<Shard> _shards = [];
    private readonly Action<int, int> _gradientPart;
    private readonly Action<int, int> _sumPart;
    private readonly Action<int, int> _scorePart;
    private Job _job;

    public ShardedNetwork(CandidateArchitecture architecture, IComputeBackend backend)
    {
        _backend = backend;
        _network = new CandidateNetwork(backend);
        _workers = [.. Enumerable.Range(0, backend.Threads).Select(_ => new Worker(architecture))];
        (_gradientPart, _sumPart, _scorePart) = (GradientPart, SumPart, ScorePart);
    }

    /// <inheritdoc/>
    public LossSums Gradient(
        ParameterLayout layout, ReadOnlyMemory<float> weights, DecisionBatch batch, ReadOnlyMemory<int> decisions, IDecisionLoss loss, float[] gradient)
    {
        _plan.Cut(batch, decisions.Span, _backend.RowsPerShard);
        while (_shards.Count < _plan.Count)
        {
            _shards.Add(new Shard(layout.TrainedLength));
        }

        _job = new Job(layout, weights, batch, decisions) { Loss = loss, Gradient = gradient };
        _backend.Run(_plan.Count, _gradientPart);
        _backend.Run((gradient.Length + SumLength - 1) / SumLength, _sumPart);
        _job = default;
        var sums = default(LossSums);
        for (var shard = 0; shard < _plan.Count; shard++)
        {
            sums.Add(_shards[shard].Sums);
        }

        return sums;
    }

    /// <inheritdoc/>
    public void Score(NetworkWeights weights, DecisionBatch batch, ReadOnlyMemory<int> all, Memory<float> logProbabilities, Memory<float> values, bool asScores = false)
    {
        _plan.Cut(batch, all.Span, _backend.RowsPerShard);
        _job = new Job(weights.Layout, weights.Memory, batch, all) { LogProbabilities = logProbabilities, Values = values, AsScores = asScores };
        _backend.Run(_plan.Count, _scorePart);
        _job = default;
    }

    private void GradientPart(int index, int worker)
    {
        var own = _workers[worker];
        var decisions = _job.Decisions.Span[_plan.Start(index).._plan.End(index)];
        _network.Forward(_job.Layout, _job.Weights.Span, _job.Batch, decisions, own.Activations);
        var logitGradient = own.LogitGradient(own.Activations.Candidates);
        var valueGradient = own.ValueGradient(decisions.Length);
        _shards[index].Sums = _job.Loss!.Evaluate(decisions, own.Activations, 1.0 / _job.Decisions.Length, logitGradient, valueGradient);
        _network.Backward(_job.Layout, _job.Weights.Span, own.Activations, logitGradient, valueGradient, own.Workspace, _shards[index].Gradient);
    }

    private void SumPart(int index, int worker)
    {
        var range = (index * SumLength)..Math.Min((index + 1) * SumLength, _job.Gradient!.Length);
        var sum = _job.Gradient.AsSpan(range);
        _shards[0].Gradient.AsSpan(range).CopyTo(sum);
        for (var shard = 1; shard < _plan.Count; shard++)
        {
            _backend.AddTo(_shards[shard].Gradient.AsSpan(range), sum);
        }
    }

    private void ScorePart(int index, int worker)
    {
        var own = _workers[worker];
        var (from, to) = (_plan.Start(index), _plan.End(index));
        _network.Forward(_job.Layout, _job.Weights.Span, _job.Batch, _job.Decisions.Span[from..to], own.Activations);
        (_job.AsScores ? own.Activations.Logits : own.Activations.LogProbabilities).CopyTo(_job.LogProbabilities.Span[_job.Batch.Offsets[from]..]);
        own.Activations.Values.CopyTo(_job.Values.Span[from..]);
    }

    private readonly record struct Job(ParameterLayout Layout, ReadOnlyMemory<float> Weights, DecisionBatch Batch, ReadOnlyMemory<int> Decisions)
    {
        public IDecisionLoss? Loss { get; init; }

        public float[]? Gradient { get; init; }

        public Memory<float> LogProbabilities { get; init; }

        public Memory<float> Values { get; init; }

        public bool AsScores { get; init; }
    }

    private sealed class Shard(int length)
    {
        public float[] Gradient { get; } = new float[length];

        public LossSums Sums { get; set; }
    }

    private sealed class Worker(CandidateArchitecture architecture)
    {
        private float[] _logitGradient = [];
        private float[] _valueGradient = [];

        public Activations Activations { get; } = new(architecture);

        public GradientWorkspace Workspace { get; } = new();

        public Span<float> LogitGradient(int length) => Zeros(ref _logitGradient, length);

        public Span<float> ValueGradient(int length) => Zeros(ref _valueGradient, length);

        private static Span<float> Zeros(ref float[] memory, int length)
        {
            if (memory.Length < length)
            {
                memory = new float[Math.Max(length, memory.Length * 2)];
            }

            var zeros = memory.AsSpan(0, length);
            zeros.Clear();
            return zeros;
        }
    }
}
