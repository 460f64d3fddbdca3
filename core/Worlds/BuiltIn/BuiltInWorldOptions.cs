using System.Globalization;
using StepTool.Core.Chance;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>What a generated world is made from. Equal options make equal worlds, on every machine.</summary>
public sealed record BuiltInWorldOptions
{
    /// <summary>Smallest world that has tasks of every depth in every split.</summary>
    public const int MinTasks = 200;

    /// <summary>Seed of tools, tasks, faults and split (the console's <c>--world-seed</c>).</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Number of tasks, split 60/15/25 into train, dev and test; at least <see cref="MinTasks"/>.</summary>
    public int Tasks { get; init; } = 4400;

    /// <summary>Share of tasks in which a call of the chain fails once and works when it is made again.</summary>
    public double RetriableShare { get; init; } = 0.12;

    /// <summary>Share of tasks in which an API of the chain fails for good and an equivalent one is offered.</summary>
    public double PermanentShare { get; init; } = 0.08;

    /// <summary>Share of tasks that offer a successful call whose text overlaps the answer and is not needed.</summary>
    public double BaitShare { get; init; } = 0.10;

    /// <summary>Share of tasks whose first needed value stands only in the error text of a failing call.</summary>
    public double ProbeShare { get; init; } = 0.10;

    /// <summary>Probability that a query names a concept by its suite's own word and not by a paraphrase.</summary>
    public double QueryAgreement { get; init; } = 0.97;

    /// <summary>Probability that a mention in documentation uses the suite's own word.</summary>
    public double DocumentationAgreement { get; init; } = 0.85;

    /// <summary>Probability that a field's name uses the suite's own word for what sets it apart.</summary>
    public double FieldAgreement { get; init; } = 0.95;

    /// <summary>Hash of these options and of the generator's version, as 8 hexadecimal digits.</summary>
    internal string Fingerprint => StableHash.Content(string.Create(
        CultureInfo.InvariantCulture,
        $"{BuiltInWorld.GeneratorVersion} {Seed} {Tasks} {RetriableShare} {PermanentShare} {BaitShare} {ProbeShare} "
        + $"{QueryAgreement} {DocumentationAgreement} {FieldAgreement}"))[..8];

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it, its value, the rule and the remedy.</exception>
    internal void Validate()
    {
        if (Tasks < MinTasks)
        {
            throw new ArgumentException($"Tasks is {Tasks}; a built-in world needs at least {MinTasks} tasks. Ask for more.");
        }

        Share(RetriableShare, nameof(RetriableShare));
        Share(PermanentShare, nameof(PermanentShare));
        Share(BaitShare, nameof(BaitShare));
        Share(ProbeShare, nameof(ProbeShare));
        Share(QueryAgreement, nameof(QueryAgreement));
        Share(DocumentationAgreement, nameof(DocumentationAgreement));
        Share(FieldAgreement, nameof(FieldAgreement));
        Share(RetriableShare + PermanentShare + BaitShare + ProbeShare, "The sum of the four shares");
    }

    private static void Share(double value, string name)
    {
        if (!(value is >= 0 and <= 1))
        {
            var message = string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must lie between 0 and 1. Lower or raise it.");
            throw new ArgumentException(message, name);
        }
    }
}
