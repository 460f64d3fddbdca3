using StepTool.Core.Chance;
using StepTool.Core.Storage;
using StepTool.Silo.Storage;
using Xunit;
using static StepTool.Tests.Storage.BlobStoreContract;
using static StepTool.Tests.Storage.StorageBuilder;

namespace StepTool.Tests.Storage;

[Trait("Kind", "Storage")]
public sealed class BlobStoreTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SqliteDatabase _database;
    private readonly FolderBlobStore _files;
    private readonly SqliteBlobStore _packed;

    public BlobStoreTests()
    {
        _database = new SqliteDatabase(_folder.Database, new SqliteStorageOptions());
        _files = new FolderBlobStore(Path.Combine(_folder.Path, "blobs"));
        _packed = new SqliteBlobStore(_database, _files);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(BlobStoreContract.Promises), MemberType = typeof(BlobStoreContract))]
    public async Task Contract(string promise)
    {
        foreach (var store in new IBlobStore[] { _files, _packed, new MemoryBlobStore() })
        {
            await BlobStoreContract.CheckAsync(promise, store);
        }
    }

    [Fact]
    public async Task PutAsync_BySize_GoesToRowOrFile()
    {
        var (small, large) = (await _packed.PutAsync(Small, default), await _packed.PutAsync(Large, default));

        Assert.False(File.Exists(FileOf(small)));
        Assert.True(File.Exists(FileOf(large)));
    }

    [Fact]
    public async Task PutAsync_StoredFile_IsNotWrittenAgain()
    {
        var hash = await _files.PutAsync(Small, default);
        File.SetLastWriteTimeUtc(FileOf(hash), DateTime.UnixEpoch);

        await _files.PutAsync(Small, default);

        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(FileOf(hash)));
    }

    [Fact]
    public async Task PutAsync_StoredRow_IsKeptOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _packed.PutAsync(Small, default).AsTask()));

        Assert.Equal(1L, _database.Read(session => session.Scalar("SELECT count(*) FROM blob")));
    }

    [Fact]
    public async Task PutAsync_CutFile_IsHealed()
    {
        var hash = await _files.PutAsync(Small, default);
        await File.WriteAllBytesAsync(FileOf(hash), Small[..3]);

        await _files.PutAsync(Small, default);

        Assert.Equal(Small, (await _files.GetAsync(hash, default)).ToArray());
    }

    [Fact]
    public async Task PutAsync_ManyAtOnce_LeavesNoParts()
    {
        await Task.WhenAll(Enumerable.Range(0, 64).Select(number => _files.PutAsync(new[] { (byte)(number / 2) }, default).AsTask()));

        Assert.Equal(32, Directory.GetFiles(Path.Combine(_folder.Path, "blobs"), "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task PutAsync_FolderIsAFile_NamesPathAndRemedyThenRecovers()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "blobs"), "in the way");

        var error = await Assert.ThrowsAsync<StorageException>(async () => await _files.PutAsync(Small, default));
        File.Delete(Path.Combine(_folder.Path, "blobs"));

        Assert.Contains("(12 bytes) could not be written to", error.Message, StringComparison.Ordinal);
        Assert.Contains("Check space and rights of the folder, then repeat.", error.Message, StringComparison.Ordinal);
        Assert.Equal(StableHash.Content(Small), await _files.PutAsync(Small, default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // as a mount point is
    public async Task Folder_AwayForAWhile_IsNoDamageAndNothingIsWrittenInItsPlace(bool isEmpty)
    {
        var (folder, elsewhere) = (Path.Combine(_folder.Path, "blobs"), Path.Combine(_folder.Path, "elsewhere"));
        var hash = await _packed.PutAsync(Large, default);
        Directory.Move(folder, elsewhere);
        if (isEmpty)
        {
            Directory.CreateDirectory(folder);
        }

        var restarted = new SqliteBlobStore(_database, new FolderBlobStore(folder));
        foreach (var store in new[] { _packed, restarted })
        {
            var error = await Assert.ThrowsAsync<StorageException>(async () => await store.GetAsync(hash, default));
            Assert.False(StorageException.IsDamage(error));
            Assert.Contains($"'{folder}', is not there or empty. Mount it", error.Message, StringComparison.Ordinal);
        }

        var refused = await Assert.ThrowsAsync<StorageException>(async () => await _packed.PutAsync(Large, default));
        Assert.Contains($"'{folder}', is not there or empty", refused.Message, StringComparison.Ordinal);
        if (isEmpty)
        {
            Directory.Delete(folder);
        }

        Directory.Move(elsewhere, folder);
        Assert.Equal(Large, (await restarted.GetAsync(hash, default)).ToArray());
        Assert.Equal(hash, await _packed.PutAsync(Large, default));
    }

    [Fact]
    public async Task GetAsync_ChangedFile_IsCorrupt()
    {
        var hash = await _packed.PutAsync(Large, default);
        var bytes = await File.ReadAllBytesAsync(FileOf(hash));
        bytes[1000] ^= 1;
        await File.WriteAllBytesAsync(FileOf(hash), bytes);

        var error = await Assert.ThrowsAsync<StorageException>(async () => await _packed.GetAsync(hash, default));

        Assert.Contains($"Blob '{FileOf(hash)}' is corrupt", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_ChangedRow_IsCorrupt()
    {
        var hash = await _packed.PutAsync(Small, default);
        Sql(_folder.Database, "UPDATE blob SET content = x'00'");

        var error = await Assert.ThrowsAsync<StorageException>(async () => await _packed.GetAsync(hash, default));

        Assert.Contains($"Blob {hash} in '{_folder.Database}' is corrupt", error.Message, StringComparison.Ordinal);
    }

    private string FileOf(string hash) => Path.Combine(_folder.Path, "blobs", hash[..2], hash[2..]);
}
