using System.Collections.Immutable;

namespace StepTool.Core.Features;

/// <summary>Names and order of the features; a policy is bound to the schema it was trained with.</summary>
public static class FeatureSchema
{
    /// <summary>Name and version; changes whenever a feature changes its meaning.</summary>
    public const string Name = "candidates/1";

    /// <summary>Features of a candidate, in order.</summary>
    public static ImmutableArray<string> Candidate { get; } = [.. Enum.GetNames<CandidateFeature>()];

    /// <summary>Features of a situation, in order.</summary>
    public static ImmutableArray<string> Situation { get; } = [.. Enum.GetNames<SituationFeature>()];
}

/// <summary>Features of a candidate. All are computed from what the agent sees; most lie in [0, 1].</summary>
internal enum CandidateFeature
{
    // Finish, and what speaks for it.
    IsFinish,
    FinishAfterSuccess,
    FinishAnswerMatch,
    FinishLastAnswerMatch,
    FinishAtLastTurn,
    FinishCoverage,
    FinishResidual,
    FinishSuccesses,
    FinishWithoutSuccess,

    // How the API's documentation matches the query.
    Bm25,
    Bm25Share,
    Bm25Rank,
    ToolBm25,
    ToolBm25Best,
    ToolRank,
    ApiNameInQuery,
    ToolNameInQuery,
    QueryCoverage,
    NameTrigrams,
    DescriptionTrigrams,
    CategoryInQuery,
    RankWithinTool,

    // What is left to be done, and what the API would unlock.
    Residual,
    ResidualShare,
    UnlocksOne,
    UnlocksTwo,
    NeedsUnknown,

    // What happened to this API and its tool so far.
    ApiSucceeded,
    ApiFailed,
    ApiFailedRetriably,
    ApiFailedForGood,
    CallSucceeded,
    CallFailed,
    ToolSucceeded,
    ToolFailed,
    ToolCalledShare,
    NamedByLastAnswer,
    LikeFailedApi,

    // The near twin: the most similar other API on offer.
    TwinSimilarity,
    TwinQueryAdvantage,
    TwinCalled,

    // Arguments.
    RequiredCount,
    AllBound,
    WeakestMatch,
    FromQuery,
    FromAnswer,
    FromError,
    FromDefault,
    FromNothing,
    FromLastStep,
    Age,
    QualifierInQuery,
    QualifierForeign,
    QualifierAdvantage,
    QualifierTrigrams,
    ContextInDocumentation,
    ValueUsed,
    IsAlternative,
    FirstInSource,
}

/// <summary>Features of a situation.</summary>
internal enum SituationFeature
{
    Turn,
    IsFirst,
    LastTurn,
    TwoLeft,
    ThreeLeft,
    LastSucceeded,
    LastFailedRetriably,
    LastFailedForGood,
    Successes,
    AnswerMatch,
    Coverage,
    Residual,
    Offered,
}
