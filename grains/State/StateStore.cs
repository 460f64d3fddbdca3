namespace StepTool.Grains.State;

/// <summary>The storage provider that keeps all grain state.</summary>
public static class StateStore
{
    /// <summary>Name under which the provider is registered.</summary>
    public const string Name = "steptool";
}
