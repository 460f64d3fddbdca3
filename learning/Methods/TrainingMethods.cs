using System.Collections.Immutable;
using System.Globalization;
using StepTool.Core.Rewards;
using StepTool.Core.Runs;

namespace StepTool.Learning.Methods;

/// <summary>The methods by name.</summary>
public static class TrainingMethods
{
    private static readonly ImmutableArray<Choice> Choices =
    [
        new(MethodSettings.Entropy, settings => Text(settings.Entropy), settings => settings with { Entropy = null }),
        new(MethodSettings.Kl, settings => Text(settings.Kl), settings => settings with { Kl = null }),
        new(MethodSettings.Gamma, settings => Text(settings.Gamma), settings => settings with { Gamma = null }),
        new(MethodSettings.Lambda, settings => Text(settings.Lambda), settings => settings with { Lambda = null }),
        new(
            MethodSettings.Credit,
            settings => settings.Credit == new CreditRule() ? null : $"{settings.Credit.Weighting}, {settings.Credit.Clock}, {settings.Credit.Terminal}",
            settings => settings with { Credit = new CreditRule() }),
    ];

    /// <summary>Their names, in the order of reports.</summary>
    public static ImmutableArray<string> All { get; } = ["sft", "rft", "ppo", "eto", "archer", "steptool"];

    /// <summary>What is trained like a method and stands outside the comparison.</summary>
    public static ImmutableArray<string> References { get; } = ["relevance"];

    /// <summary>The method of a name in <see cref="All"/> or <see cref="References"/>.</summary>
    /// <exception cref="ArgumentException">There is no such method.</exception>
    public static IMethod Create(string name) => name switch
    {
        "sft" => new SftMethod(),
        "rft" => new RftMethod(),
        "ppo" => new PpoMethod(),
        "eto" => new EtoMethod(),
        "archer" => new ArcherMethod(),
        "steptool" => new StepToolMethod(),
        "relevance" => new RelevanceMethod(),
        _ => throw new ArgumentException($"Method '{name}' is not known. Choose one of {string.Join(", ", All)}."),
    };

    /// <summary>Checks that the method exists and reads whatever is set.</summary>
    /// <param name="settings">How a policy is to learn.</param>
    /// <exception cref="ArgumentException">There is no such method, or a setting would change nothing; the message names it.</exception>
    public static void Check(TrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        foreach (var unread in Unread(settings))
        {
            var readers = All.Where(name => Create(name).Reads.HasFlag(unread.Setting));
            throw new ArgumentException(
                $"Setting '{unread.Setting}' is {unread.Value(settings)}, but method '{settings.Method}' does not read it. Leave it out, or choose a method that does: {string.Join(", ", readers)}.");
        }
    }

    /// <summary>The same settings without those that the method does not read: for settings that several methods share.</summary>
    /// <param name="settings">How a policy is to learn.</param>
    /// <exception cref="ArgumentException">There is no such method.</exception>
    public static TrainingSettings OnlyRead(TrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Unread(settings).Aggregate(settings, (kept, unread) => unread.Without(kept));
    }

    private static IEnumerable<Choice> Unread(TrainingSettings settings)
    {
        var reads = Create(settings.Method).Reads;
        return Choices.Where(choice => !reads.HasFlag(choice.Setting) && choice.Value(settings) is not null);
    }

    private static string? Text(double? value) => value?.ToString(CultureInfo.InvariantCulture);

    /// <summary>A setting, what it is set to (null where it is not), and how to leave it out.</summary>
    private sealed record Choice(MethodSettings Setting, Func<TrainingSettings, string?> Value, Func<TrainingSettings, TrainingSettings> Without);
}
