using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace StepTool.Tests.Grains;

/// <summary>Keeps warnings and errors, for the message of a test that waited in vain, and all that the project's own classes tell.</summary>
internal sealed class TestLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new();

    /// <summary>The last lines.</summary>
    public string Tail => string.Join('\n', _lines.TakeLast(20));

    /// <summary>How many lines so far hold a text.</summary>
    public int Count(string text) => _lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Completes with the next line that holds a text.</summary>
    public Task NextAsync(string text) => _awaited.GetOrAdd(text, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(TimeSpan.FromSeconds(60));

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName.StartsWith("StepTool.", StringComparison.Ordinal) ? LogLevel.Information : LogLevel.Warning);

    public void Dispose()
    {
        // Silos come and go; the lines stay.
    }

    private void Add(string line)
    {
        _lines.Enqueue(line);
        foreach (var (text, seen) in _awaited)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                seen.TrySetResult();
            }
        }
    }

    private sealed class Logger(TestLog log, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Add($"{formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}");
            }
        }
    }
}
