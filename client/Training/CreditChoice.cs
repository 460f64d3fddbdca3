using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Core.Rewards;

namespace StepTool.Client.Training;

/// <summary>How rewards become credit, as options.</summary>
internal sealed class CreditChoice
{
    private readonly Option<string> _weighting = new("--credit")
    {
        Description = "Credit of a step: return-to-go, released (times the steps that follow, as StepTool's published code does), or immediate (its own reward alone)",
        HelpName = "RULE",
        DefaultValueFactory = _ => "return-to-go",
    };

    private readonly Option<string> _clock = new("--clock")
    {
        Description = "What discount and lambda count: turn, or token (as the published code does)",
        HelpName = "TICK",
        DefaultValueFactory = _ => "turn",
    };

    private readonly Option<string> _terminal = new("--terminal")
    {
        Description = "The last step's score: kept, or dropped (as the published code does)",
        HelpName = "CHOICE",
        DefaultValueFactory = _ => "kept",
    };

    /// <summary>Adds the options to a command.</summary>
    public CreditChoice(Command command)
    {
        _weighting.Among("return-to-go", "released", "immediate");
        _clock.Among("turn", "token");
        _terminal.Among("kept", "dropped");
        command.Options.Add(_weighting);
        command.Options.Add(_clock);
        command.Options.Add(_terminal);
    }

    /// <summary>The options.</summary>
    public IEnumerable<Option> Options => [_weighting, _clock, _terminal];

    /// <summary>Refuses what says how later rewards count where none does.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="others">Other options of that kind.</param>
    /// <exception cref="Refusal">An option would change nothing.</exception>
    public void Check(ParseResult parsed, params IEnumerable<Option> others)
    {
        if (parsed.GetValue(_weighting) == "immediate" && others.Append(_clock).FirstOrDefault(option => Given.Text(parsed, option) is not null) is { } unread)
        {
            throw Refusal.Usage($"{unread.Name} is '{Given.Text(parsed, unread)}', and --credit immediate counts no later reward. Leave one of them out.");
        }
    }

    /// <summary>The options' values.</summary>
    public CreditRule Read(ParseResult parsed) => new()
    {
        Weighting = parsed.GetValue(_weighting) switch
        {
            "released" => CreditWeighting.Released,
            "immediate" => CreditWeighting.Immediate,
            _ => CreditWeighting.ReturnToGo,
        },
        Clock = parsed.GetValue(_clock) == "token" ? CreditClock.Token : CreditClock.Turn,
        Terminal = parsed.GetValue(_terminal) == "dropped" ? TerminalScore.Dropped : TerminalScore.Kept,
    };
}
