using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Grains.Worlds;
using StepTool.Silo.Storage;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>What a silo keeps of worlds, policies and runs.</summary>
[Trait("Kind", "Unit")]
public sealed class CatalogueTests
{
    [Fact]
    public async Task World_AskedForAtOnce_IsLoadedOnce()
    {
        var worlds = new WorldCatalogue(new MemoryBlobStore());
        var loaded = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => worlds.GetAsync("built-in:1", default).AsTask()));
        Assert.Single(loaded.Distinct());
    }

    [Fact]
    public async Task World_WhoseArchiveIsMissing_IsTriedAgainByTheNext()
    {
        var blobs = new CountingBlobs();
        var worlds = new WorldCatalogue(blobs);
        var reference = $"recorded:1:10:{new string('0', 64)}";
        await Assert.ThrowsAsync<StorageException>(() => worlds.GetAsync(reference, default).AsTask());
        await Assert.ThrowsAsync<StorageException>(() => worlds.GetAsync(reference, default).AsTask());
        Assert.Equal(2, blobs.Reads);
    }

    [Fact]
    public async Task World_OfNoKnownForm_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => new WorldCatalogue(new MemoryBlobStore()).GetAsync("elsewhere:1", default).AsTask());

    [Fact]
    public async Task Policy_FloorOrVersionThatDoesNotExist_IsAPolicysFault()
    {
        await using var house = await House.StartAsync(new Ground { HasPump = false });
        var policies = house.Services.GetRequiredService<IPolicySource>();
        Assert.Null((await policies.GetAsync(PolicyReference.Parse("floor:random"), default)).Version);
        await Assert.ThrowsAsync<PolicyException>(() => policies.GetAsync(new PolicyReference("none", PolicyPin.Floor), default).AsTask());
        await Assert.ThrowsAsync<PolicyException>(() => policies.GetAsync(PolicyReference.Parse("none@latest"), default).AsTask());
        await Assert.ThrowsAsync<PolicyException>(() => policies.GetAsync(PolicyReference.Parse("none@3"), default).AsTask());
    }

    [Fact]
    public async Task Index_FailedWrite_IsMadeUpForByTheNextNote()
    {
        var ground = new Ground { HasPump = false };
        await using var house = await House.StartAsync(ground);
        var index = house.Grain<IRunIndexGrain>(IRunIndexGrain.Key);
        var entry = new RunEntry("run", "tiny", ImmutableArray<string>.Empty, true);
        var left = 1;
        ground.Store.Fails = (_, _, _) => left-- > 0;
        await Assert.ThrowsAnyAsync<Exception>(() => index.NoteAsync(entry));
        await index.NoteAsync(entry);
        await index.NoteAsync(entry with { IsActive = false });
        await index.NoteAsync(entry with { IsActive = false });
        await house.DeactivateAsync(index);
        Assert.Equal(("run", false), (Assert.Single(await index.RunsAsync()).Run, (await index.RunsAsync())[0].IsActive));
    }

    private sealed class CountingBlobs : IBlobStore
    {
        public int Reads { get; private set; }

        public ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken) => ValueTask.FromResult(false);

        public ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken)
        {
            Reads++;
            throw new StorageException("Nothing is here.");
        }
    }
}
