using StepTool.Core.Worlds;

namespace StepTool.Grains.Worlds;

/// <summary>The worlds loaded on this silo. One a silo; a world is immutable and loaded once.</summary>
public interface IWorldCatalogue
{
    /// <summary>The world of a reference, loaded when it is asked for first.</summary>
    /// <param name="reference"><c>built-in:SEED</c>, <c>recorded:SEED:DISTRACTORS:HASH</c> or <c>catalogue:HASH</c>.</param>
    /// <param name="cancellationToken">Stops waiting; the loading goes on for others.</param>
    /// <exception cref="ArgumentException">The reference is of none of these forms.</exception>
    /// <exception cref="Core.Storage.StorageException">The world's archive cannot be read.</exception>
    ValueTask<IWorld> GetAsync(string reference, CancellationToken cancellationToken);
}
