namespace StepTool.Core.Episodes;

/// <summary>The attempt that an episode branches off: its choices are repeated up to a turn, where another one is made.</summary>
/// <remarks>Choices are a function of situation, policy and seed, so repeating needs the other attempt's seed alone, and not that it has ended.</remarks>
/// <param name="Seed">Seed of that attempt.</param>
/// <param name="Turn">The turn, from 0, at which to leave it; sooner where it finishes sooner.</param>
public sealed record Branch(ulong Seed, int Turn);
