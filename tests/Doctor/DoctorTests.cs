using System.Text.Json;
using Microsoft.Data.Sqlite;
using Orleans.Runtime;
using StepTool.Core.Storage;
using StepTool.Grains.Doctor;
using StepTool.Grains.Hosting;
using StepTool.Grains.Policies;
using StepTool.Grains.Queue;
using StepTool.Grains.Runs;
using StepTool.Silo.Doctor;
using StepTool.Silo.Hosting;
using StepTool.Silo.Storage;
using StepTool.Tests.Architecture;
using StepTool.Tests.Client;
using StepTool.Tests.Silo;
using StepTool.Tests.Storage;
using StepTool.Tests.Storage.Azure;
using Xunit;

namespace StepTool.Tests.Doctor;

[Trait("Kind", "Storage"), Collection(TrainedData.Name)]
public sealed class DoctorTests(TrainedData trained) : IDisposable
{
    private static readonly StateSerializer Serializer = new(Wire.State);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task SoundDirectory_IsCountedAndNotTouched()
    {
        var data = trained.CopyTo(_folder);
        var before = TrainedData.Contents(data);

        var run = await ConsoleRun.OfAsync("doctor", "--data-dir", data, "--json");

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        var counts = JsonDocument.Parse(run.Output).RootElement.GetProperty("counts");
        long Count(string what) => counts.GetProperty(what).GetInt64();
        Assert.Equal((3, 32, 1, 1), (Count("policy versions"), Count("ordinals consumed"), Count("records: run"), Count("records: policy")));
        Assert.InRange(Count("episodes archived"), 32 + 150, 1000);
        Assert.Equal(before, TrainedData.Contents(data));
    }

    [Theory]
    [InlineData("UPDATE grain_state SET state = x'530100' || x'7b7d7d' WHERE name = 'run'", "run 'small': The record of RunState (6 bytes, version 1) is corrupt")]
    [InlineData("UPDATE grain_state SET state = x'530900' || x'7b7d' WHERE name = 'trainer'", "has version 9; this build reads version 2. Run the version of StepTool that wrote it")]
    [InlineData("UPDATE grain_state SET state = x'' WHERE name = 'transition-log'", "The record of TransitionLogState (0 bytes, version 0) is corrupt")]
    [InlineData("UPDATE blob SET content = x'00' WHERE id = (SELECT max(id) FROM blob)", "is corrupt: its 1 bytes do not have that hash")]
    [InlineData("DELETE FROM blob WHERE id IN (SELECT id FROM blob ORDER BY id DESC LIMIT 30)", "is missing. Put back a copy of the data.")]
    [InlineData("INSERT INTO grain_state (name, grain, version, state) VALUES ('diary', 'person/1', 1, x'00')", "note  record 'diary/1': is of no known kind; no grain reads it.", 0)]
    [InlineData("PRAGMA user_version = 7", "has schema version 7; this build reads version 1")]
    [InlineData("PRAGMA application_id = 7", "is a database of another application")]
    public async Task Damage_IsNamedAndStaysAsItIs(string sql, string expected, int exitCode = 1)
    {
        var data = trained.CopyTo(_folder);
        StorageBuilder.Sql(Path.Combine(data, "state.db"), sql);
        var before = TrainedData.Contents(data);

        var run = await ConsoleRun.OfAsync("doctor", "--data-dir", data);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(expected, run.Output + run.Errors, StringComparison.Ordinal);
        Assert.Equal(before, TrainedData.Contents(data));
    }

    [Fact]
    public async Task BrokenPages_AreFound()
    {
        var data = trained.CopyTo(_folder);
        await using (var file = File.OpenWrite(Path.Combine(data, "state.db")))
        {
            file.Position = file.Length / 2;
            file.Write(new byte[8192]);
        }

        var run = await ConsoleRun.OfAsync("doctor", "--data-dir", data);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("save what can be read with 'sqlite3 state.db .recover'", run.Output + run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeBlob_MissingOrChanged_IsFound()
    {
        var data = trained.CopyTo(_folder);
        var files = Directory.GetFiles(Path.Combine(data, "blobs"), "*", SearchOption.AllDirectories);
        File.Delete(files[0]);
        await File.AppendAllTextAsync(files[1], "x");

        var run = await ConsoleRun.OfAsync("doctor", "--data-dir", data);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is missing. Put back a copy of the data.", run.Output, StringComparison.Ordinal);
        Assert.Contains($"Blob '{files[1]}' is corrupt", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chain_BrokenOrConsumingTwice_IsFound()
    {
        var data = trained.CopyTo(_folder);
        Change(data, "policy", (PolicyState policy) => policy with
        {
            Versions = policy.Versions.SetItem(2, policy.Versions[2] with { Parent = 0, Consumed = policy.Versions[1].Consumed }),
            Promotions = [9],
        });

        var run = await ConsoleRun.OfAsync("doctor", "--data-dir", data);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("its version 2 calls itself 2 with parent 0; versions must form one chain.", run.Output, StringComparison.Ordinal);
        Assert.Contains("version 2 learnt from ordinals that an earlier version had learnt from", run.Output, StringComparison.Ordinal);
        Assert.Contains("it says that 32 ordinals were consumed; its versions consumed 16.", run.Output, StringComparison.Ordinal);
        Assert.Contains("version 9 was promoted and is not there.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutcomesBehindAnIndex_AreExaminedAndMissedTogetherWithIt()
    {
        var data = trained.CopyTo(_folder);
        var index = "";
        using (var database = new SqliteDatabase(Path.Combine(data, "state.db"), new SqliteStorageOptions()))
        {
            var blobs = new SqliteBlobStore(database, new FolderBlobStore(Path.Combine(data, "blobs")));
            Change(data, "run", (RunState run) =>
            {
                Assert.NotEmpty(run.Segments);
                index = blobs.PutAsync(OutcomeLog.Indices.Encode(run.Segments), default).AsTask().GetAwaiter().GetResult();
                return run with { Indices = [index], Segments = [] };
            });
        }

        var sound = await ConsoleRun.OfAsync("doctor", "--data-dir", data, "--json");
        StorageBuilder.Sql(Path.Combine(data, "state.db"), $"DELETE FROM blob WHERE hash = x'{index}'");
        var missing = await ConsoleRun.OfAsync("doctor", "--data-dir", data);

        Assert.True(sound.ExitCode == 0, sound.Output + sound.Errors);
        Assert.InRange(JsonDocument.Parse(sound.Output).RootElement.GetProperty("counts").GetProperty("episodes archived").GetInt64(), 32 + 150, 1000);
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains($"run 'small', index of outcomes: blob {index} is missing.", missing.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("its stages count", missing.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DirectoryInUse_SaysSo()
    {
        var data = trained.CopyTo(_folder);
        using var owner = DataDirectory.Open(data);

        var run = await ConsoleRun.OfAsync("doctor", "--data-dir", data);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"Data directory '{data}' is in use by process {Environment.ProcessId}; one process owns it at a time. Let it stop first, or give a copy with --data-dir.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoDataDirectory_SaysSo() =>
        Assert.Contains($"'{_folder.Path}' is no data directory of StepTool", (await ConsoleRun.OfAsync("doctor", "--data-dir", _folder.Path)).Errors, StringComparison.Ordinal);

    [Fact]
    public async Task BackUp_MadeAsDocumentedWhileASiloWorks_IsExamined()
    {
        var copy = BackUp();
        var before = TrainedData.Contents(copy);

        var run = await ConsoleRun.OfAsync("doctor", "--data-dir", copy);

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Contains($"The data directory '{copy}' is sound.", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, TrainedData.Contents(copy));
    }

    [Theory]
    [InlineData(0, "is an empty file; it must be a database. Put back a copy")]
    [InlineData(10, "is no SQLite database; it must be one of StepTool")]
    [InlineData(20_000, "state.db' is corrupt (")]
    public async Task BackUp_CutShort_SaysSo(int length, string expected)
    {
        var copy = BackUp();
        await using (var file = File.OpenWrite(Path.Combine(copy, "state.db")))
        {
            file.SetLength(length);
        }

        var run = await ConsoleRun.OfAsync("doctor", "--data-dir", copy);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Output + run.Errors, StringComparison.Ordinal);
        Assert.Equal(["blobs", "state.db"], Directory.GetFileSystemEntries(copy).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("PRAGMA user_version = 7", "has schema version 7; this build reads version 1")]
    [InlineData("PRAGMA application_id = 7", "is a database of another application")]
    public async Task BackUp_OfAnother_SaysSo(string sql, string expected)
    {
        var copy = BackUp();
        StorageBuilder.Sql(Path.Combine(copy, "state.db"), sql);

        Assert.Contains(expected, (await ConsoleRun.OfAsync("doctor", "--data-dir", copy)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KilledOwner_ItsLogIsReadAndLeftWhereItIs()
    {
        var data = trained.CopyTo(_folder);
        var killed = _folder.Of("killed");
        await using (var database = new SqliteDatabase(Path.Combine(data, "state.db"), new SqliteStorageOptions()))
        {
            var state = new GrainState<PolicyState>(PolicyState.Empty);
            await new SqliteGrainStorage(database, Serializer).WriteStateAsync("policy", GrainId.Create("policy", "in-the-log"), state);
            Directory.CreateDirectory(killed);
            foreach (var file in Directory.GetFiles(data))
            {
                File.Copy(file, Path.Combine(killed, Path.GetFileName(file)));
            }
        }

        Assert.True(new FileInfo(Path.Combine(killed, "state.db-wal")).Length > 0);
        Directory.Move(Path.Combine(data, "blobs"), Path.Combine(killed, "blobs"));
        var before = TrainedData.Contents(killed);

        var run = await ConsoleRun.OfAsync("doctor", "--data-dir", killed, "--json");

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal(2, JsonDocument.Parse(run.Output).RootElement.GetProperty("counts").GetProperty("records: policy").GetInt64());
        Assert.Equal(before, TrainedData.Contents(killed));
    }

    [Fact]
    public void StateKinds_KnowEveryStateOfEveryGrain() => Assert.Empty(ContractTypes.States.Except(StateKinds.Types));

    [AzuriteFact]
    public async Task Container_IsExaminedLikeADirectory()
    {
        await using var container = await TestContainer.CreateAsync();
        var storage = new AzureGrainStorage(container.Container, Serializer);
        await storage.WriteStateAsync("policy", GrainId.Create("policy", "p"), new GrainState<PolicyState>(PolicyState.Empty));
        await storage.WriteStateAsync("rollout-queue", GrainId.Create("rollout-queue", "3"), new GrainState<QueueState>(QueueState.Empty));
        var hash = await new AzureBlobStore(container.Container).PutAsync(new byte[100], default);
        var options = new SiloOptions { Storage = StorageKind.Azure, Azure = container.Options };

        var sound = await StoreDoctor.ExamineAsync(options);

        Assert.Empty(sound.Faults);
        Assert.Equal((1, 1, 1, 100), (sound.Counts["records: policy"], sound.Counts["records: rollout-queue"], sound.Counts["orphans: blobs"], sound.Counts["blob bytes"]));
        await container.Blob("diary-person/1.json").UploadAsync(new BinaryData("S"));
        await container.Blob("policy-policy/p.json").UploadAsync(new BinaryData("S"), overwrite: true);
        await container.Blob($"blobs/{hash[..2]}/{hash[2..]}").UploadAsync(new BinaryData("x"), overwrite: true);
        var damaged = await StoreDoctor.ExamineAsync(options);
        Assert.Equal(["policy 'p'", $"blob {hash}"], damaged.Faults.Select(fault => fault.Where));
        Assert.Equal("record 'diary-person/1.json'", Assert.Single(damaged.Notes).Where);
    }

    [AzuriteFact]
    public async Task Container_OfAKilledOwner_SaysHowLongItsLeaseLasts()
    {
        await using var container = await TestContainer.CreateAsync();
        await container.KilledOwnerAsync();

        var refused = await Assert.ThrowsAsync<StorageException>(() => StoreDoctor.ExamineAsync(new SiloOptions { Storage = StorageKind.Azure, Azure = container.Options }));

        Assert.Contains("is in use by process 999999 on nowhere. Let it stop first; a killed process gives way within 30 seconds, when its lease ends.", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>As docs/operations.md says: SQLite's own back-up of the database, then the folder of large blobs, while their owner works.</summary>
    private string BackUp()
    {
        var (data, copy) = (trained.CopyTo(_folder), _folder.Of("copy"));
        using var owner = DataDirectory.Open(data);
        Directory.CreateDirectory(copy);
        using (var from = new SqliteConnection($"Data Source={owner.DatabasePath};Pooling=False"))
        using (var to = new SqliteConnection($"Data Source={Path.Combine(copy, "state.db")};Pooling=False"))
        {
            from.Open();
            from.BackupDatabase(to);
        }

        TrainedData.Copy(owner.BlobsPath, Path.Combine(copy, "blobs"));
        return copy;
    }

    private static void Change<T>(string data, string record, Func<T, T> change)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "state.db")};Pooling=False");
        connection.Open();
        using var read = new SqliteCommand("SELECT state FROM grain_state WHERE name = $2", connection);
        read.Parameters.AddWithValue("$2", record);
        var state = Serializer.Deserialize<T>(new BinaryData((byte[])read.ExecuteScalar()!))!;
        using var write = new SqliteCommand("UPDATE grain_state SET state = $1 WHERE name = $2", connection);
        write.Parameters.AddWithValue("$2", record);
        write.Parameters.AddWithValue("$1", Serializer.Serialize(change(state)).ToArray());
        write.ExecuteNonQuery();
    }
}
