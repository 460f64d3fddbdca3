using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Core.Rewards;
using StepTool.Core.Runs;
using StepTool.Learning.Methods;

namespace StepTool.Client.Training;

/// <summary>The knobs of learning; left out, the learner's own defaults hold.</summary>
internal sealed class LearningOptions
{
    private readonly Option<string> _method = new("--method") { Description = $"How the policy learns: {string.Join(", ", TrainingMethods.All)}; or {TrainingMethods.References[0]}, a reference that reads the truth of training tasks", HelpName = "NAME", DefaultValueFactory = _ => "steptool" };
    private readonly Option<double?> _learningRate = Ranged.Optional("--learning-rate", "Learning rate at the start", 1e-8, 1.0);
    private readonly Option<int?> _epochs = Ranged.Optional("--epochs", "Passes over a batch", 1, 100);
    private readonly Option<int?> _miniBatch = Ranged.Optional("--mini-batch", "Decisions a mini-batch", 1, 1_000_000);
    private readonly Option<double?> _entropy = Ranged.Optional("--entropy", "Entropy coefficient", 0.0, 10.0);
    private readonly Option<double?> _kl = Ranged.Optional("--kl", "Coefficient of the divergence from the frozen start", 0.0, 100.0);
    private readonly Option<double?> _gamma = Ranged.Optional("--gamma", "Discount a turn, or a token with --clock token", 0.0, 1.0);
    private readonly Option<double?> _lambda = Ranged.Optional("--lambda", "GAE's lambda", 0.0, 1.0);
    private readonly Option<int?> _hidden = Ranged.Optional("--hidden", "Units of each hidden layer", 1, 4096);
    private readonly CreditChoice _credit;
    private readonly RewardChoice _rewards;
    private readonly bool _choosesMethod;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="choosesMethod">Whether the method is an option too; where it is not, policies start from imitation and can finish, so that calls without an answer stay unpaid.</param>
    public LearningOptions(Command command, bool choosesMethod)
    {
        _method.Among([.. TrainingMethods.All, .. TrainingMethods.References]);
        _choosesMethod = choosesMethod;
        foreach (var option in new Option[] { _method, _learningRate, _epochs, _miniBatch, _entropy, _kl, _gamma, _lambda, _hidden }.Skip(_choosesMethod ? 0 : 1))
        {
            command.Options.Add(option);
        }

        _credit = new CreditChoice(command);
        _rewards = new RewardChoice(command, paysUnanswered: choosesMethod);
    }

    /// <summary>How the policy learns.</summary>
    public TrainingSettings Settings(ParseResult parsed) => new()
    {
        Method = _choosesMethod ? parsed.GetValue(_method)! : "steptool",
        LearningRate = parsed.GetValue(_learningRate),
        Epochs = parsed.GetValue(_epochs),
        MiniBatch = parsed.GetValue(_miniBatch),
        Entropy = parsed.GetValue(_entropy),
        Kl = parsed.GetValue(_kl),
        Credit = _credit.Read(parsed),
        Gamma = parsed.GetValue(_gamma),
        Lambda = parsed.GetValue(_lambda),
        Hidden = parsed.GetValue(_hidden),
    };

    /// <summary>How steps are rewarded.</summary>
    public RewardOptions Rewards(ParseResult parsed) => _rewards.Read(parsed);

    /// <summary>Whether the command line says which parts of the step reward are paid.</summary>
    public bool SaysReward(ParseResult parsed) => _rewards.SaysParts(parsed);

    /// <summary>Refuses what the command line names and no method that learns would read.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="methods">Names of the methods.</param>
    /// <param name="others">Further options, and which methods read each.</param>
    /// <exception cref="Refusal">An option would change nothing.</exception>
    public void Check(ParseResult parsed, IReadOnlyList<string> methods, params IEnumerable<(Option Option, Func<IMethod, bool> IsReadBy)> others)
    {
        foreach (var (option, isReadBy) in Read.Concat(others))
        {
            if (Given.Text(parsed, option) is { } text && !methods.Any(name => isReadBy(TrainingMethods.Create(name))))
            {
                var readers = TrainingMethods.All.Where(name => isReadBy(TrainingMethods.Create(name)));
                var subject = methods.Count == 1 ? $"method '{methods[0]}' does not read it" : $"of the methods {string.Join(", ", methods)} none reads it";
                throw Refusal.Usage($"{option.Name} is '{text}', and {subject}. Leave it out, or choose a method that does: {string.Join(", ", readers)}.");
            }
        }

        _credit.Check(parsed, _gamma, _lambda);
        _rewards.Check(parsed);
    }

    private IEnumerable<(Option Option, Func<IMethod, bool> IsReadBy)> Read =>
    [
        (_entropy, method => method.Reads.HasFlag(MethodSettings.Entropy)),
        (_kl, method => method.Reads.HasFlag(MethodSettings.Kl)),
        (_gamma, method => method.Reads.HasFlag(MethodSettings.Gamma)),
        (_lambda, method => method.Reads.HasFlag(MethodSettings.Lambda)),
        .. _credit.Options.Select(option => (option, (Func<IMethod, bool>)(method => method.Reads.HasFlag(MethodSettings.Credit)))),
        .. _rewards.Options.Select(option => (option, (Func<IMethod, bool>)(method => method.ReadsStepRewards))),
    ];
}
