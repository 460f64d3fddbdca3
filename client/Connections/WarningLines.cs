using Microsoft.Extensions.Logging;
using StepTool.Client.CommandLine;

namespace StepTool.Client.Connections;

/// <summary>Shows a silo's warnings as lines beside a command's own output.</summary>
internal sealed class WarningLines(Terminal terminal) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Lines(terminal);

    public void Dispose()
    {
    }

    private sealed class Lines(Terminal terminal) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                terminal.Complain(exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception.Message}");
            }
        }
    }
}
