
namespace StepTool.Tests.Engines.Bad;

public interface IVoidGrain : IGrainWithStringKey
{
    void Call();
}

public sealed class VoidGrain : Grain, IVoidGrain
{
    public void Call()
    {
    }
}

public interface IGenericGrain : IGrainWithStringKey
{
    Task CallAsync<T>(T value);
}

public sealed class GenericGrain : Grain, IGenericGrain
{
    public Task CallAsync<T>(T value) => Task.CompletedTask;
}

public interface IByRefGrain : IGrainWithStringKey
{
    Task CallAsync(ref int number);
}

public sealed class ByRefGrain : Grain, IByRefGrain
{
    public Task CallAsync(ref int number) => Task.CompletedTask;
}

public interface ITwoTokensGrain : IGrainWithStringKey
{
    Task CallAsync(CancellationToken one, CancellationToken two);
}

public sealed class TwoTokensGrain : Grain, ITwoTokensGrain
{
    public Task CallAsync(CancellationToken one, CancellationToken two) => Task.CompletedTask;
}

public interface IRestlessGrain : IGrainWithStringKey
{
    Task CallAsync();
}

/// <summary>Asks for its end whenever it begins.</summary>
public sealed class RestlessGrain : Grain, IRestlessGrain
{
    public Task CallAsync() => Task.CompletedTask;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
