namespace StepTool.Grains.Engines;

/// <summary>Places grains on silos that bear a label where there are any; without meaning where there is one silo.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PreferLabelledSiloAttribute(string key, string value) : Attribute
{
    /// <summary>The label's key.</summary>
    public string Key { get; } = key;

    /// <summary>The label's value.</summary>
    public string Value { get; } = value;
}
