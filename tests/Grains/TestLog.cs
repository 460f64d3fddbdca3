using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace StepTool.Tests.Grains;

/// <summary>Keeps warnings and errors, for the message of a test that waited in vain.</summary>
internal sealed class TestLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>The last lines.</summary>
    public string Tail => string.Join('\n', _lines.TakeLast(20));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _lines.Enqueue($"{formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}");
        }
    }

    public void Dispose()
    {
        // Silos come and go; the lines stay.
    }
}
