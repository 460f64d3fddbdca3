namespace StepTool.Core.Episodes;

/// <summary>A scalar found in a text, with the words that name it.</summary>
/// <param name="Field">Name of the field, or the words before the value where it has none.</param>
/// <param name="Value">The value as text, unquoted.</param>
public readonly record struct ObservedValue(string Field, string Value);
