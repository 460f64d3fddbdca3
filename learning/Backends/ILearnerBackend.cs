using StepTool.Learning.Models;
using StepTool.Learning.Optimisers;

namespace StepTool.Learning.Backends;

/// <summary>What a learner computes with: passes of its network over many decisions, and the optimiser's arithmetic.</summary>
/// <remarks>Weights, moments and losses stay on the processor between steps, so the same checkpoint continues on any backend.</remarks>
public interface ILearnerBackend : IDisposable
{
    /// <summary>What it runs on, for reports, e.g. "managed, AVX-512, 2 threads".</summary>
    string Name { get; }

    /// <summary>Makes a network that learns; it belongs to this backend.</summary>
    /// <param name="architecture">The network's shape.</param>
    ILearnerNetwork CreateNetwork(CandidateArchitecture architecture);

    /// <summary>One AdamW step on one tensor.</summary>
    /// <param name="step">The step's constants.</param>
    /// <param name="weights">The weights, changed in place.</param>
    /// <param name="gradient">Their gradient.</param>
    /// <param name="firstMoment">The running mean of gradients, changed in place.</param>
    /// <param name="secondMoment">The running mean of squared gradients, changed in place.</param>
    void AdamWStep(in AdamWStep step, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> firstMoment, Span<float> secondMoment);
}
