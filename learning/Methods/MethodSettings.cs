using StepTool.Core.Runs;

namespace StepTool.Learning.Methods;

/// <summary>Those of <see cref="TrainingSettings"/> that only some methods read. All read the others.</summary>
[Flags]
public enum MethodSettings
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary><see cref="TrainingSettings.Entropy"/>.</summary>
    Entropy = 1,

    /// <summary><see cref="TrainingSettings.Kl"/>.</summary>
    Kl = 2,

    /// <summary><see cref="TrainingSettings.Gamma"/>.</summary>
    Gamma = 4,

    /// <summary><see cref="TrainingSettings.Lambda"/>.</summary>
    Lambda = 8,

    /// <summary><see cref="TrainingSettings.Credit"/>.</summary>
    Credit = 16,

    /// <summary>Whatever the clipped policy gradient with generalised advantages needs.</summary>
    All = Entropy | Kl | Gamma | Lambda | Credit,
}
