using System.Reflection;
using StepTool.Core.Chance;
using StepTool.Core.Storage;
using Xunit;

namespace StepTool.Tests.Storage;

/// <summary>What every store of blobs promises; the tests of each store run all of it.</summary>
/// <param name="store">The store.</param>
internal sealed class BlobStoreContract(IBlobStore store)
{
    public static readonly byte[] Small = [.. "a trajectory"u8];
    public static readonly byte[] Large = [.. Enumerable.Range(0, 64 << 10).Select(index => (byte)(index * 31))];

    /// <summary>The names of the promises.</summary>
    public static TheoryData<string> Promises => [.. Methods.Select(method => method.Name)];

    private static IEnumerable<MethodInfo> Methods => typeof(BlobStoreContract).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(method => method.ReturnType == typeof(Task) && method.GetParameters().Length == 0);

    public static Task CheckAsync(string promise, IBlobStore store) => (Task)Methods.Single(method => method.Name == promise).Invoke(new BlobStoreContract(store), null)!;

    public async Task Put_AnySize_ComesBackUnderItsHash()
    {
        foreach (var content in new[] { [], Small, Large })
        {
            var hash = await store.PutAsync(content, default);

            Assert.Equal(StableHash.Content(content), hash);
            Assert.Equal(content, (await store.GetAsync(hash, default)).ToArray());
            Assert.True(await store.ExistsAsync(hash, default));
        }
    }

    public async Task Erase_WhatIsThere_IsGoneAndMayBePutAgain()
    {
        foreach (var content in new[] { Small, Large })
        {
            var hash = await store.PutAsync(content, default);
            await ((IBlobEraser)store).EraseAsync(hash, default);
            await ((IBlobEraser)store).EraseAsync(hash, default);

            Assert.False(await store.ExistsAsync(hash, default));
            await Assert.ThrowsAsync<StorageException>(async () => await store.GetAsync(hash, default));
            Assert.Equal(content, (await store.GetAsync(await store.PutAsync(content, default), default)).ToArray());
        }
    }

    public async Task Put_BufferUsedAgain_KeepsWhatWasGiven()
    {
        var buffer = Small.ToArray();
        var hash = await store.PutAsync(buffer, default);
        buffer.AsSpan().Clear();

        Assert.Equal(Small, (await store.GetAsync(hash, default)).ToArray());
    }

    public async Task Put_SameContentFromManySides_IsHarmless()
    {
        var hashes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.PutAsync(Small, default).AsTask()));

        Assert.Equal(StableHash.Content(Small), Assert.Single(hashes.Distinct()));
    }

    public async Task Get_Unknown_SaysThatNothingIsStored()
    {
        var hash = StableHash.Content("nothing");

        var error = await Assert.ThrowsAsync<StorageException>(async () => await store.GetAsync(hash, default));

        Assert.Contains($"Nothing is stored under {hash}", error.Message, StringComparison.Ordinal);
        Assert.False(await store.ExistsAsync(hash, default));
    }

    public async Task Get_NoHash_IsRefused()
    {
        foreach (var text in new[] { "", "../../../../etc/passwd", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855" })
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await store.GetAsync(text, default));
            await Assert.ThrowsAsync<ArgumentException>(async () => await store.ExistsAsync(text, default));
        }
    }
}
