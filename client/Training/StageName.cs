using System.Globalization;

namespace StepTool.Client.Training;

/// <summary>Name of a run's stage: what connects a plan with its progress display and its report.</summary>
/// <param name="Contender">What is trained or measured; empty for the training and the curve of a run that trains one policy.</param>
/// <param name="Purpose">What the stage is for.</param>
/// <param name="At">For a part of training and a point of its curve, how far it is: updates, or turns where the contender is named; 0 otherwise.</param>
internal readonly record struct StageName(string Contender, StagePurpose Purpose, long At = 0)
{
    /// <summary>The policy before its first update, on test.</summary>
    public const string Untrained = "untrained";

    /// <summary>The policy that all methods of a comparison start from.</summary>
    public const string Start = "start";

    /// <summary>What is behind a method's name where Finish is held back until the last turn.</summary>
    public const string Fill = "+fill";

    private const string Sampled = " sampled";

    /// <summary>Reads a name.</summary>
    public static StageName Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (contender, rest) = slash < 0 ? ("", text) : (text[..slash], text[(slash + 1)..]);
        return rest.Split('@') is [var word, var number] && long.TryParse(number, CultureInfo.InvariantCulture, out var at) && PurposeOf(word) is { } purpose
            ? new StageName(contender, purpose, at)
            : text.EndsWith(Sampled, StringComparison.Ordinal) ? new StageName(text[..^Sampled.Length], StagePurpose.Sampled) : new StageName(text, StagePurpose.Test);
    }

    /// <inheritdoc/>
    public override string ToString() => Purpose switch
    {
        StagePurpose.Test => Contender,
        StagePurpose.Sampled => Contender + Sampled,
        _ => string.Create(CultureInfo.InvariantCulture, $"{(Contender.Length > 0 ? Contender + "/" : "")}{(Purpose is StagePurpose.Train ? "train" : "dev")}@{At}"),
    };

    private static StagePurpose? PurposeOf(string word) => word switch
    {
        "train" => StagePurpose.Train,
        "dev" => StagePurpose.Dev,
        _ => null,
    };
}

/// <summary>What a stage is for.</summary>
internal enum StagePurpose
{
    /// <summary>Training, or a part of it.</summary>
    Train,

    /// <summary>A point of the learning curve.</summary>
    Dev,

    /// <summary>A result: one greedy pass.</summary>
    Test,

    /// <summary>The same pass sampled at temperature 1.</summary>
    Sampled,
}
