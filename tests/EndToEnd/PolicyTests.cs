using System.Text.Json;
using StepTool.Tests.Client;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.EndToEnd;

/// <summary>The life of a policy by the console's commands.</summary>
[Trait("Kind", "Simulation")]
public sealed class PolicyTests
{
    [Fact]
    public async Task Policy_TrainedGatedPinnedAndPruned_ShowsItsChain()
    {
        using var folder = new TemporaryFolder();
        string[] data = ["--data-dir", folder.Of("data")];
        var trained = await ConsoleRun.OfAsync(
            ["train", "--no-floors", "--iterations", "8", "--batch", "8", "--curve-points", "2", "--dev-tasks", "20", "--test-tasks", "10", "--max-staleness", "0", "--keep", "4", "--out", folder.Of("out"), .. data]);
        var few = await ConsoleRun.OfAsync(["train", "--no-floors", "--keep", "3", "--out", folder.Of("out"), .. data]);
        var chain = await ShowAsync(data);
        var promoted = chain.GetProperty("promoted").GetInt32();
        var same = await ConsoleRun.OfAsync(["policy", "gate", "train-built-in-1", "--version", $"{promoted}", .. data]);
        var gated = await ConsoleRun.OfAsync(["policy", "gate", "train-built-in-1", "--version", "6", "--tasks", "20", "--json", .. data]);
        var pinned = await ConsoleRun.OfAsync(["policy", "pin", "train-built-in-1", "--version", "7", .. data]);
        var pruned = await ConsoleRun.OfAsync(["policy", "prune", "train-built-in-1", "--keep", "1", .. data]);
        var again = await ConsoleRun.OfAsync(["policy", "prune", "train-built-in-1", "--keep", "1", .. data]); // as after a lost reply
        var shown = await ConsoleRun.OfAsync(["policy", "show", "train-built-in-1", .. data]);
        var doctor = await ConsoleRun.OfAsync(["doctor", .. data]);
        var gone = await ConsoleRun.OfAsync(["evaluate", "--policy", "train-built-in-1@1", "--no-floors", "--test-tasks", "5", "--out", folder.Of("out"), .. data]);
        var exported = await ConsoleRun.OfAsync(["evaluate", "--policy", Path.Combine(folder.Of("out"), "policy"), "--no-floors", "--test-tasks", "5", "--out", folder.Of("out"), .. data]);

        Assert.True(trained.ExitCode == 0, trained.Errors);
        Assert.Contains($"Version {promoted} of 8 is promoted", trained.Output, StringComparison.Ordinal);
        Assert.Equal((2, 2, 2), (few.ExitCode, same.ExitCode, chain.GetProperty("gates").GetArrayLength()));
        Assert.Contains("keeps 3 versions; at staleness 1 episodes may be under way with the newest 5.", few.Errors, StringComparison.Ordinal);
        Assert.Contains($"Version {promoted} of policy 'train-built-in-1' is promoted already", same.Errors, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], Removed(chain).Where(version => version is > 0 and < 4));
        Assert.All(chain.GetProperty("versions").EnumerateArray().Skip(1), version => Assert.Equal("train-built-in-1", version.GetProperty("run").GetString()));
        var gate = JsonDocument.Parse(gated.Output).RootElement;
        Assert.Equal((6, promoted, 20), (gate.GetProperty("version").GetInt32(), gate.GetProperty("against").GetInt32(), gate.GetProperty("tasks").GetInt32()));
        Assert.Equal(gate.GetProperty("passes").GetBoolean() ? 0 : 1, gated.ExitCode);
        Assert.Equal((0, 0, 0), (pinned.ExitCode, pruned.ExitCode, again.ExitCode));
        Assert.Matches("^Removed .*: train-built-in-1 keeps .*8; .* removed before", pruned.Output);
        Assert.Matches("^Nothing to remove: train-built-in-1 keeps .*8; 0.* removed before", again.Output);
        Assert.True(doctor.ExitCode == 0, doctor.Output + doctor.Errors);
        Assert.Contains("7 pinned", shown.Output, StringComparison.Ordinal);
        Assert.Contains("Gate: version 6 against", shown.Output, StringComparison.Ordinal);
        Assert.Contains("Version 1 of policy 'train-built-in-1' was removed", gone.Errors, StringComparison.Ordinal);
        Assert.True(exported.ExitCode == 0, exported.Errors);
    }

    [Fact]
    public async Task Policy_PromotedAndRolledBack_ServesTheOneBeforeUntilThereIsNone()
    {
        using var folder = new TemporaryFolder();
        string[] data = ["--data-dir", folder.Of("data")];
        const string policy = "train-built-in-1";
        await ConsoleRun.OfAsync(
            ["train", "--no-floors", "--iterations", "5", "--batch", "8", "--curve-points", "1", "--dev-tasks", "10", "--test-tasks", "10", "--max-staleness", "0", "--promote", "always", "--keep", "4", "--out", folder.Of("out"), .. data]);

        var two = await ConsoleRun.OfAsync(["policy", "promote", policy, "--version", "2", .. data]);
        var again = await ConsoleRun.OfAsync(["policy", "promote", policy, "--json", .. data]);
        var shown = await ConsoleRun.OfAsync(["policy", "show", policy, .. data]);
        var back = await ConsoleRun.OfAsync(["policy", "rollback", policy, .. data]);
        var further = await ConsoleRun.OfAsync(["policy", "rollback", policy, "--json", .. data]);
        var none = await ConsoleRun.OfAsync(["policy", "rollback", policy, .. data]);
        var left = await ConsoleRun.OfAsync(["policy", "show", policy, .. data]);
        var unknown = await ConsoleRun.OfAsync(["policy", "promote", policy, "--version", "9", .. data]);
        var removed = await ConsoleRun.OfAsync(["policy", "promote", policy, "--version", "1", .. data]);

        Assert.Equal((0, 0, 0, 0), (two.ExitCode, again.ExitCode, back.ExitCode, further.ExitCode));
        Assert.Equal($"{policy} serves version 2; before it was 5.", two.Output.Trim());
        Assert.Equal((5, 2), (Number(again, "promoted"), Number(again, "before")));
        Assert.Matches(@"│ 0\s+│ none   │\s+│", shown.Output); // it has learnt from nothing
        Assert.Contains("Version 5 is promoted; policy rollback goes back to 2, then 5.", shown.Output, StringComparison.Ordinal);
        Assert.Equal($"{policy} serves version 2 again; before it was 5.", back.Output.Trim());
        Assert.Equal((5, 2), (Number(further, "promoted"), Number(further, "before")));
        Assert.Contains($"Policy '{policy}' has no promotion before the one of version 5, so that there is nothing to go back to.", none.Errors, StringComparison.Ordinal);
        Assert.Contains("Version 5 is promoted, and none before it.", left.Output, StringComparison.Ordinal);
        Assert.Contains("--version is 9; policy 'train-built-in-1' has the versions 0 to 5.", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains("--version is 1, which was removed", removed.Errors, StringComparison.Ordinal);
        Assert.Equal((2, 2, 2), (none.ExitCode, unknown.ExitCode, removed.ExitCode));
    }

    private static int Number(ConsoleRun run, string name) => JsonDocument.Parse(run.Output).RootElement.GetProperty(name).GetInt32();

    private static async Task<JsonElement> ShowAsync(string[] data) => JsonDocument.Parse((await ConsoleRun.OfAsync(["policy", "show", "train-built-in-1", "--json", .. data])).Output).RootElement;

    private static IEnumerable<int> Removed(JsonElement chain) =>
        chain.GetProperty("versions").EnumerateArray().Where(version => version.GetProperty("isRemoved").GetBoolean()).Select(version => version.GetProperty("version").GetInt32());
}
