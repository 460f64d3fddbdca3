using Orleans.Runtime;

namespace StepTool.Silo.Engines;

/// <summary>Ends the process at once when it is no member of its cluster any more: the others go on with its work, and nothing may run twice.</summary>
internal sealed class FatalEnd : IFatalErrorHandler
{
    private const int Failed = 1;

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        var reason = exception is null ? context?.Split(" Reason:")[0] : $"{context}: {exception.Message}";
        Console.Error.WriteLine(
            $"This silo ends at once ({reason}). The others could not reach its silo port, or it stood still for too long; they go on with what it ran. See to network, Tls and load, then start it again.");
        Environment.Exit(Failed);
    }
}
