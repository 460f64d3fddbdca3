using System.Collections.Immutable;
using Orleans.Concurrency;

namespace StepTool.Grains.Contracts;

/// <summary>Which worlds were imported into the cluster. One grain, under <see cref="Key"/>.</summary>
[Alias("StepTool.IWorldIndexGrain")]
public interface IWorldIndexGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string Key = "index";

    /// <summary>Notes a world by its reference; noted again, it counts as imported last.</summary>
    [Alias("Note")]
    Task NoteAsync(string world, CancellationToken cancellationToken = default);

    /// <summary>References of all imported worlds, the one imported last at the end.</summary>
    [Alias("Worlds"), ReadOnly]
    Task<ImmutableArray<string>> WorldsAsync(CancellationToken cancellationToken = default);
}
