using StepTool.Core.Episodes;

namespace StepTool.Core.Features;

/// <summary>Features of the situation, and of the candidate that ends it.</summary>
internal static class SituationWriter
{
    private const float FewSteps = 6;
    private const float ManyApis = 20;

    internal static void Write(Situation situation, History history, Span<float> features)
    {
        features[(int)SituationFeature.Turn] = situation.Steps.Length / FewSteps;
        features[(int)SituationFeature.IsFirst] = situation.Steps.IsEmpty ? 1 : 0;
        features[(int)SituationFeature.LastTurn] = situation.TurnsLeft <= 1 ? 1 : 0;
        features[(int)SituationFeature.TwoLeft] = situation.TurnsLeft == 2 ? 1 : 0;
        features[(int)SituationFeature.ThreeLeft] = situation.TurnsLeft == 3 ? 1 : 0;
        features[(int)SituationFeature.LastSucceeded] = history.Last is { Success: true } ? 1 : 0;
        features[(int)SituationFeature.LastFailedRetriably] = history.LastRetriable ? 1 : 0;
        features[(int)SituationFeature.LastFailedForGood] = history.LastFinal ? 1 : 0;
        features[(int)SituationFeature.Successes] = history.Successes / FewSteps;
        features[(int)SituationFeature.AnswerMatch] = history.AnswerMatch;
        features[(int)SituationFeature.Coverage] = history.Coverage;
        features[(int)SituationFeature.Residual] = history.MaxResidual;
        features[(int)SituationFeature.Offered] = situation.Apis.Length / ManyApis;
    }

    internal static void WriteFinish(Situation situation, History history, Span<float> features)
    {
        features[(int)CandidateFeature.IsFinish] = 1;
        features[(int)CandidateFeature.FinishAfterSuccess] = history.Last is { Success: true } ? 1 : 0;
        features[(int)CandidateFeature.FinishAnswerMatch] = history.AnswerMatch;
        features[(int)CandidateFeature.FinishLastAnswerMatch] = history.LastAnswerMatch;
        features[(int)CandidateFeature.FinishAtLastTurn] = situation.TurnsLeft <= 1 ? 1 : 0;
        features[(int)CandidateFeature.FinishCoverage] = history.Coverage;
        features[(int)CandidateFeature.FinishResidual] = history.MaxResidual;
        features[(int)CandidateFeature.FinishSuccesses] = history.Successes / FewSteps;
        features[(int)CandidateFeature.FinishWithoutSuccess] = history.Successes == 0 ? 1 : 0;
    }
}
