using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace StepTool.Tests.Conformance;

[System.Text.Json.Serialization.JsonDerivedType(typeof(Circle), "circle")]
[System.Text.Json.Serialization.JsonDerivedType(typeof(Square), "square")]
public abstract record Shape(string Name);

public sealed record Circle(string Name, double Radius) : Shape(Name);

public sealed record Square(string Name, double Side) : Shape(Name);

public readonly record struct Mark(int Value);

public sealed record Page(ImmutableArray<int> Items, Mark? Next, IReadOnlyDictionary<string, string> Labels, Shape? Shape);

/// <summary>An exception of the contracts.</summary>
public sealed class ShapeException(string message, Exception? innerException = null) : Exception(message, innerException);

public interface ICallGrain : IGrainWithStringKey
{
    Task<Page> EchoAsync(Page page);

    Task<Shape> EchoShapeAsync(Shape shape);

    ValueTask<Mark?> EchoMarkAsync(Mark? mark);

    Task<IReadOnlyList<string>> ListAsync(int count);

    ValueTask NothingAsync();

    Task<string> OverloadAsync(string text);

    Task<string> OverloadAsync(int number);

    Task ThrowAsync(string kind);

    /// <summary>Runs until it is cancelled, and notes that it was.</summary>
    Task<int> WaitAsync(string name, CancellationToken cancellationToken = default);

    Task<int> HoldAsync(string gate);

    [ResponseTimeout("00:00:00.200")]
    Task<int> HoldBrieflyAsync(string gate, CancellationToken cancellationToken = default);

    /// <summary>Counts up to <paramref name="count"/>, or for ever; with a gate, waits there before each item from the second on.</summary>
    IAsyncEnumerable<int> CountAsync(string name, int count, string? gate = null, CancellationToken cancellationToken = default);

    Task<string> KeyAsync();

    Task<string> CallOtherAsync(string key);

    Task EndAsync();
}

public sealed class CallGrain(Probe probe) : Grain, ICallGrain
{
    public Task<Page> EchoAsync(Page page) => Task.FromResult(page);

    public Task<Shape> EchoShapeAsync(Shape shape) => Task.FromResult(shape);

    public ValueTask<Mark?> EchoMarkAsync(Mark? mark) => new(mark);

    public Task<IReadOnlyList<string>> ListAsync(int count) => Task.FromResult<IReadOnlyList<string>>([.. Enumerable.Range(0, count).Select(one => $"{one}")]);

    public ValueTask NothingAsync() => default;

    public Task<string> OverloadAsync(string text) => Task.FromResult($"text {text}");

    public Task<string> OverloadAsync(int number) => Task.FromResult($"number {number}");

    public async Task ThrowAsync(string kind)
    {
        await Task.Yield();
        throw kind switch
        {
            "argument" => new ArgumentException("bad argument"),
            "cancelled" => new OperationCanceledException("given up"),
            _ => new ShapeException("bad shape", new InvalidOperationException("inner")),
        };
    }

    public async Task<int> WaitAsync(string name, CancellationToken cancellationToken = default)
    {
        var scheduler = TaskScheduler.Current;
        await using var registration = cancellationToken.Register(() => probe.Signal($"{name} registered", (scheduler == TaskScheduler.Current).ToString()));
        probe.Signal($"{name} started");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
        catch (OperationCanceledException)
        {
            probe.Signal($"{name} cancelled");
            throw;
        }
    }

    public async Task<int> HoldAsync(string gate)
    {
        await probe.PassAsync(gate);
        return 1;
    }

    public async Task<int> HoldBrieflyAsync(string gate, CancellationToken cancellationToken = default)
    {
        await probe.PassAsync(gate, cancellationToken);
        return 1;
    }

    public async IAsyncEnumerable<int> CountAsync(string name, int count, string? gate = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var scheduler = TaskScheduler.Current;
        try
        {
            for (var i = 1; i <= count; i++)
            {
                if (i > 1 && gate is not null)
                {
                    await probe.PassAsync($"{gate} {i}", cancellationToken);
                }

                yield return i;
            }

            if (count < 0)
            {
                throw new ShapeException("cannot count to that");
            }
        }
        finally
        {
            probe.Signal($"{name} left", (scheduler == TaskScheduler.Current).ToString());
        }
    }

    public Task<string> KeyAsync() => Task.FromResult($"{this.GetPrimaryKeyString()} of {this.GetGrainId()}");

    public Task<string> CallOtherAsync(string key) => GrainFactory.GetGrain<ICallGrain>(key).KeyAsync();

    public Task EndAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public interface ITwiceGrain : IGrainWithStringKey
{
    Task<string> NameAsync();
}

public sealed class FirstTwiceGrain : Grain, ITwiceGrain
{
    public Task<string> NameAsync() => Task.FromResult("first");
}

public sealed class SecondTwiceGrain : Grain, ITwiceGrain
{
    public Task<string> NameAsync() => Task.FromResult("second");
}
