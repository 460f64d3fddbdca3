using System.Text;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Core.Storage;
using StepTool.Silo.Storage;
using Xunit;
using static StepTool.Tests.Storage.StorageBuilder;

namespace StepTool.Tests.Storage.Azure;

/// <summary>
/// The store that grains get for <c>azure</c>: ours, or Orleans' own where its package is built in. Each engine's build runs these, so that names and bytes
/// are the same on all, and either store goes on from what the other wrote.
/// </summary>
[Trait("Kind", "Storage")]
public sealed class AzureProviderTests(AzureSilo silo) : IClassFixture<AzureSilo>
{
    private readonly GrainId _grain = GrainId.Create("task", $"{Guid.NewGuid():N}/7");

    private string Name => $"note-{_grain}.json";

    private AzureGrainStorage Ours => silo.Container.State;

    [AzuriteFact]
    public void Provider_IsOrleansOwnWhereItIsBuiltIn()
    {
        var theirs = Type.GetType("Orleans.Storage.AzureBlobGrainStorage, Orleans.Persistence.AzureStorage");

        Assert.Equal(theirs ?? typeof(AzureGrainStorage), silo.State.GetType());
    }

    [AzuriteTheory]
    [MemberData(nameof(GrainStorageContract.Promises), MemberType = typeof(GrainStorageContract))]
    public Task Contract(string promise) => GrainStorageContract.CheckAsync(promise, silo.State);

    [AzuriteFact]
    public async Task Write_NameAndBytes_AreTheSameOnEveryEngine()
    {
        await silo.State.WriteStateAsync("note", _grain, New());

        Assert.Contains(Name, await silo.Container.NamesAsync());
        Assert.Equal("S\u0001\0{\"text\":\"first\",\"number\":1}", Encoding.UTF8.GetString(await BytesAsync()));
        Assert.Equal("application/octet-stream", (await silo.Container.Blob(Name).GetPropertiesAsync()).Value.ContentType);
    }

    [AzuriteTheory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Record_WrittenByOneStore_IsReadAndWrittenOnByTheOther(int words)
    {
        var text = string.Join(' ', Enumerable.Range(0, words));
        foreach (var (first, second) in new (IGrainStorage, IGrainStorage)[] { (Ours, silo.State), (silo.State, Ours) })
        {
            var written = New(text);
            await first.WriteStateAsync("note", _grain, written);
            var bytes = await BytesAsync();

            var read = new GrainState<Note>();
            await second.ReadStateAsync("note", _grain, read);
            Assert.Equal((text, written.ETag), (read.State!.Text, read.ETag));
            await second.WriteStateAsync("note", _grain, read);

            Assert.Equal(bytes, await BytesAsync());
            await Assert.ThrowsAsync<InconsistentStateException>(() => first.WriteStateAsync("note", _grain, written));
            await second.ClearStateAsync("note", _grain, read);
            Assert.DoesNotContain(Name, await silo.Container.NamesAsync());
        }
    }

    [AzuriteTheory]
    [InlineData("a/b")]
    [InlineData("a b/ c ")]
    [InlineData("?#%+&=;@!$()[]{}~'*,^`|<>\"")]
    [InlineData("%2F%5C%00")]
    [InlineData("日本語/é/ß/😀")]
    [InlineData("a//b/")]
    [InlineData("...")]
    public async Task Write_OddKey_KeepsItsName(string key)
    {
        var grain = GrainId.Create("task", $"{_grain.Key}/{key}");
        await silo.State.WriteStateAsync("note", grain, New(key));

        Assert.Contains($"note-task/{_grain.Key}/{key}.json", await silo.Container.NamesAsync());
        var read = new GrainState<Note>();
        await Ours.ReadStateAsync("note", grain, read);
        Assert.Equal(key, read.State!.Text);
    }

    [AzuriteFact]
    public async Task Write_KeyWithBackslash_IsRefused()
    {
        var error = await Assert.ThrowsAsync<StorageException>(() => silo.State.WriteStateAsync("note", GrainId.Create("task", "a\\b"), New()));

        Assert.Contains("The key of task/a\\b cannot name a blob", error.Message, StringComparison.Ordinal);
    }

    private async Task<byte[]> BytesAsync() => (await silo.Container.Blob(Name).DownloadContentAsync()).Value.Content.ToArray();
}
