using StepTool.Bench.Fleet;

/// <summary>What .NET calls before the program whose DOTNET_STARTUP_HOOKS names this assembly; it knows the class by its bare name.</summary>
internal static class StartupHook
{
    /// <summary>Runs before the program's own first line.</summary>
    public static void Initialize() => SiloHook.Attach();
}
