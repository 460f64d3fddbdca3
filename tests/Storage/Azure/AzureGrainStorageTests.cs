using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Core.Storage;
using StepTool.Silo.Storage;
using Xunit;
using static StepTool.Tests.Storage.StorageBuilder;

namespace StepTool.Tests.Storage.Azure;

[Trait("Kind", "Storage")]
public sealed class AzureGrainStorageTests
{
    [AzuriteTheory]
    [MemberData(nameof(GrainStorageContract.Promises), MemberType = typeof(GrainStorageContract))]
    public async Task Contract(string promise)
    {
        await using var container = await TestContainer.CreateAsync();

        await GrainStorageContract.CheckAsync(promise, container.State);
    }

    [AzuriteFact]
    public async Task WriteStateAsync_RecordChangedMeanwhile_NamesBlobAndContainer()
    {
        await using var container = await TestContainer.CreateAsync();
        await container.State.WriteStateAsync("note", Grain(), New());

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => container.State.WriteStateAsync("note", Grain(), New()));

        Assert.Contains($"'note-task/run/1.json' in {container.Container.Place} changed since it was read.", error.Message, StringComparison.Ordinal);
        Assert.Equal(("Unknown", null), (error.StoredEtag, error.CurrentEtag));
    }

    [AzuriteFact]
    public async Task ClearStateAsync_RecordNeverRead_LosesTheRace()
    {
        await using var container = await TestContainer.CreateAsync();
        await container.State.WriteStateAsync("note", Grain(), New());

        await Assert.ThrowsAsync<InconsistentStateException>(() => container.State.ClearStateAsync("note", Grain(), New()));

        Assert.True((await ReadAsync(container.State)).RecordExists);
    }

    [AzuriteFact]
    public async Task ContainerRemovedMeanwhile_ReadFindsNothingAndWriteMakesItAgain()
    {
        await using var container = await TestContainer.CreateAsync();
        var state = New();
        await container.State.WriteStateAsync("note", Grain(), state);
        await container.Container.Client.DeleteAsync();

        await Assert.ThrowsAsync<InconsistentStateException>(() => container.State.WriteStateAsync("note", Grain(), state));
        Assert.False((await ReadAsync(container.State)).RecordExists);
        await container.State.WriteStateAsync("note", Grain(), New("again"));

        Assert.Equal("again", (await ReadAsync(container.State)).State!.Text);
    }

    [AzuriteFact]
    public async Task ReadStateAsync_EmptiedRecord_HasNoRecordButAVersion()
    {
        await using var container = await TestContainer.CreateAsync();
        await container.Blob("note-task/run/1.json").UploadAsync(BinaryData.Empty);

        var state = await ReadAsync(container.State);
        Assert.Equal((false, true), (state.RecordExists, state.ETag is { Length: > 0 }));
        state.State = new Note("over it", 1);
        await container.State.WriteStateAsync("note", Grain(), state);

        Assert.Equal("over it", (await ReadAsync(container.State)).State!.Text);
    }

    [AzuriteFact]
    public async Task ReadStateAsync_BrokenRecord_NamesRecordPlaceAndRemedy()
    {
        await using var container = await TestContainer.CreateAsync();
        await container.Blob("note-task/run/1.json").UploadAsync(BinaryData.FromString("S\u0001\0{\"tex"));

        var error = await Assert.ThrowsAsync<StorageException>(() => ReadAsync(container.State));

        Assert.Contains($"State 'note' of task/run/1 ('note-task/run/1.json' in {container.Container.Place})", error.Message, StringComparison.Ordinal);
        Assert.Contains("The record of Note (8 bytes, version 1) is corrupt", error.Message, StringComparison.Ordinal);
    }

    [AzuriteFact]
    public async Task Cancelled_Request_IsNotTakenForAFault()
    {
        await using var container = await TestContainer.CreateAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => container.Container.CreateAsync(new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("a\\b")]
    [InlineData("a/../b")]
    [InlineData("..")]
    [InlineData("./a")]
    [InlineData("a\nb")]
    public void Of_KeyThatWouldChangeItsForm_IsRefusedWithRuleAndRemedy(string key)
    {
        var error = Assert.Throws<StorageException>(() => AzureStateName.Of("note", GrainId.Create("task", key)));

        Assert.Contains("it must hold no backslash, no control character, and no part '.' or '..'. Use another key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_LongestName_IsTakenAndALongerOneRefused()
    {
        var fits = new string('k', 1024 - "note-task/.json".Length);

        Assert.Equal(1024, AzureStateName.Of("note", GrainId.Create("task", fits)).Length);
        Assert.Contains("has a name of 1025 characters; a blob's name has at most 1024.", Assert.Throws<StorageException>(() => AzureStateName.Of("note", GrainId.Create("task", fits + "k"))).Message, StringComparison.Ordinal);
    }
}
