using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Core.Rewards;

namespace StepTool.Client.Training;

/// <summary>How steps are rewarded, as options.</summary>
internal sealed class RewardChoice
{
    private const string Paid = "paid";

    private readonly Option<string> _parts = new("--reward")
    {
        Description = "Parts of the step reward that are paid: both, success, contribution, or final for none; or a control: shuffled, constant, or oracle (reads the truth)",
        HelpName = "PARTS",
        DefaultValueFactory = _ => "both",
    };

    private readonly Option<double> _weight = Ranged.Option("--step-weight", "Weight of all step rewards together against a solved task", 0.0, 1.0, 0.5);

    private readonly Option<string> _contribution = new("--contribution")
    {
        Description = "Rule of contribution: used, or lcs (the released one, for fidelity only)",
        HelpName = "RULE",
        DefaultValueFactory = _ => "used",
    };

    private readonly Option<string> _unanswered;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="paysUnanswered">Whether calls are paid in an episode without an answer where nobody says.</param>
    public RewardChoice(Command command, bool paysUnanswered = true)
    {
        _unanswered = new Option<string>("--unanswered")
        {
            Description = "Calls that worked in an episode without an answer: paid, which helps a policy that cannot finish yet, or unpaid",
            HelpName = "CHOICE",
            DefaultValueFactory = _ => paysUnanswered ? Paid : "unpaid",
        };
        _unanswered.Among(Paid, "unpaid");
        _contribution.Among("used", "lcs");
        _parts.Among("both", "success", "contribution", "final", "shuffled", "constant", "oracle");
        command.Options.Add(_parts);
        command.Options.Add(_weight);
        command.Options.Add(_contribution);
        command.Options.Add(_unanswered);
    }

    /// <summary>The options.</summary>
    public IEnumerable<Option> Options => [_parts, _weight, _contribution, _unanswered];

    /// <summary>Whether the command line says which parts are paid.</summary>
    public bool SaysParts(ParseResult parsed) => Given.Text(parsed, _parts) is not null;

    /// <summary>Refuses what says how parts are paid that are not.</summary>
    /// <exception cref="Refusal">An option would change nothing.</exception>
    public void Check(ParseResult parsed)
    {
        var parts = parsed.GetValue(_parts);
        Option[] unread = parts switch
        {
            "final" => [_weight, _contribution, _unanswered],
            "success" or "oracle" => [_contribution],
            _ => [],
        };
        if (unread.FirstOrDefault(option => Given.Text(parsed, option) is not null) is { } other)
        {
            throw Refusal.Usage($"{other.Name} is '{Given.Text(parsed, other)}', and --reward {parts} does not pay what it speaks of. Leave one of them out.");
        }
    }

    /// <summary>The options' values.</summary>
    public RewardOptions Read(ParseResult parsed) => new()
    {
        Parts = Enum.TryParse<RewardParts>(parsed.GetValue(_parts), ignoreCase: true, out var parts) ? parts : RewardParts.Both,
        Control = Enum.TryParse<RewardControl>(parsed.GetValue(_parts), ignoreCase: true, out var control) ? control : RewardControl.None,
        StepWeight = parsed.GetValue(_weight),
        PaysUnanswered = parsed.GetValue(_unanswered) == Paid,
        Contribution = parsed.GetValue(_contribution) == "lcs" ? ContributionKind.CommonSubsequence : ContributionKind.Used,
    };
}
