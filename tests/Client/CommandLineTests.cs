using System.CommandLine;
using System.Text.RegularExpressions;
using StepTool.Client.CommandLine;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.Client;

[Trait("Kind", "Unit")]
public sealed partial class CommandLineTests
{
    public static TheoryData<string> Leaves => [.. Paths(SteptoolRoot.Commands(), "")];

    [Theory]
    [MemberData(nameof(Leaves))]
    public async Task Help_EveryCommand_ShowsExamplesAndDefaultsAsTheyAreGiven(string path)
    {
        var run = await ConsoleRun.OfAsync([.. path.Split(' '), "--help"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
        Assert.Contains($"  steptool {path}", run.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\[default: ([A-Z][a-z]+\]|[^\]]*\|)", run.Output); // as it is given, not as the program has it
    }

    [Theory]
    [MemberData(nameof(Leaves))]
    public void Examples_EveryCommand_ParseWithoutErrors(string path)
    {
        var root = SteptoolRoot.Commands();
        var command = Assert.IsAssignableFrom<ConsoleCommand>(root.Parse([.. path.Split(' '), "--help"]).CommandResult.Command);

        foreach (var example in command.Examples)
        {
            var parsed = root.Parse([.. Words().Matches(example).Skip(1).Select(word => word.Value.Trim('\'', '"'))]);
            var errors = parsed.Errors.Where(error => !error.Message.Contains("which is no folder", StringComparison.Ordinal) && !error.Message.Contains("does not exist", StringComparison.Ordinal));
            Assert.Empty(errors);
        }
    }

    [Theory]
    [InlineData("--iterations 0", "--iterations is '0'; it must be a whole number from 1 to 100000, such as --iterations 1.")]
    [InlineData("--iterations many", "--iterations is 'many'; it must be a whole number from 1 to 100000, such as --iterations 1.")]
    [InlineData("--distractors 201", "--distractors is '201'; it must be a whole number from 0 to 200, such as --distractors 200.")]
    [InlineData("--gamma 1.5", "--gamma is '1.5'; it must be a number from 0 to 1, such as --gamma 1.")]
    [InlineData("--step-weight nan", "--step-weight is 'nan'; it must be a number from 0 to 1, such as --step-weight 0.")]
    [InlineData("--silo here", "--silo is 'here'; it must be an http or https URL, such as --silo http://127.0.0.1:5080.")]
    [InlineData("--data no/such/folder", "--data is 'no/such/folder', which is no folder; it must be one in StableToolBench's layout, with solvable_queries and tools in it.")]
    [InlineData("--world Moon", "--world is 'Moon'; it must be built-in, a catalogue's name, or a reference such as recorded:1:10:HASH. Give a folder of your own with --data DIR.")]
    [InlineData("--silo http://127.0.0.1:1 --data-dir here", "--data-dir is given beside --silo; the silo has its own data directory. Leave one of them out.")]
    public async Task Train_ValueOutOfRange_IsRefusedWithNameValueRuleAndRemedy(string arguments, string message)
    {
        var run = await ConsoleRun.OfAsync(["train", .. arguments.Split(' ')]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.Contains("See 'steptool train --help'.", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("train --reward bonus", "--reward is 'bonus'; it must be one of both, success, contribution, final, shuffled, constant, oracle, such as --reward both.")]
    [InlineData("episodes list r --verdict solve", "--verdict is 'solve'; it must be one of unsolved, unsure, solved, such as --verdict solved.")]
    [InlineData("doctor --storage foo", "--storage is 'foo'; it must be one of sqlite, memory, azure, such as --storage sqlite.")]
    [InlineData("train --sed 2 x", "'--sed' is no option of 'steptool train'; leave it out, or quote it where it belongs to a value. Did you mean --seed?")]
    [InlineData("policy list all", "'all' is no argument of 'steptool policy list'; leave it out, or quote it where it belongs to a value.")]
    [InlineData("policy promote p --version", "--version has no value; it must be followed by one. Give --version N, or leave it out.")]
    [InlineData("episodes show", "ID is missing; it must be given. Run and ordinal, such as train-built-in-1/42.")]
    [InlineData("queue ad tasks.jsonl --watch --policy x", "'ad' is no command of 'steptool queue'; it has add, status, watch, cancel.")]
    [InlineData("trai --seed 2", "'trai' is no command of 'steptool'; it has train, compare, evaluate, queue, episodes, policy, tools, runs, doctor. Did you mean train?")]
    public async Task Choice_ThatIsNone_IsRefusedOnceWithTheKnownOnes(string arguments, string message)
    {
        var run = await ConsoleRun.OfAsync(arguments.Split(' '));

        Assert.Equal(2, run.ExitCode);
        Assert.Equal([message, "See"], run.Errors.TrimEnd().Split(Environment.NewLine).Select(line => line.StartsWith("See ", StringComparison.Ordinal) ? "See" : line));
    }

    [Theory]
    [InlineData("train")]
    [InlineData("compare")]
    [InlineData("evaluate --policy floor:random")]
    public async Task Out_ThatCannotBeWritten_IsRefusedBeforeAnythingRuns(string command)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("file"), "");

        var proc = await ConsoleRun.OfAsync([.. command.Split(' '), "--data-dir", folder.Of("data"), "--out", "/proc/x"]);
        var file = await ConsoleRun.OfAsync([.. command.Split(' '), "--data-dir", folder.Of("data"), "--out", folder.Of("file", "x")]);

        Assert.Equal((2, 2, false), (proc.ExitCode, file.ExitCode, Directory.Exists(folder.Of("data"))));
        Assert.Contains("--out is '/proc/x', and /proc cannot be written; it must be a folder that this process may write. Give another.", proc.Errors, StringComparison.Ordinal);
        Assert.Contains($"--out is '{folder.Of("file", "x")}', where {folder.Of("file")} is a file;", file.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_OfAFloorThatIsNone_IsWrongUsageOfItsOption()
    {
        using var folder = new TemporaryFolder();

        var floor = await ConsoleRun.OfAsync("evaluate", "--policy", "floor:nope", "--data-dir", folder.Of("data"), "--out", folder.Of("out"));
        var form = await ConsoleRun.OfAsync("evaluate", "--policy", "p@soon", "--data-dir", folder.Of("data"), "--out", folder.Of("out"));

        Assert.Equal((2, 2), (floor.ExitCode, form.ExitCode));
        Assert.StartsWith("--policy is 'floor:nope'. There is no floor 'nope'. Choose one of random, ", floor.Errors, StringComparison.Ordinal);
        Assert.StartsWith("--policy is 'p@soon'; it must be a folder, NAME, NAME@latest, NAME@promoted, NAME@7 or floor:NAME.", form.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_HttpsToAnHttpPort_SaysWhichUrlToGive()
    {
        await using var silo = await TemporarySilo.StartAsync();

        var run = await ConsoleRun.OfAsync("runs", "list", "--silo", silo.Url.Replace("http:", "https:", StringComparison.Ordinal));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"where TLS cannot be agreed: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains($"give --silo {silo.Url}, or", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("inner exception", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Group_WithoutCommand_ShowsItsCommandsAndIsWrongUsage()
    {
        var run = await ConsoleRun.OfAsync("queue");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("status", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_UnknownCommand_IsWrongUsage() => Assert.Equal(2, (await ConsoleRun.OfAsync("fly")).ExitCode);

    [Fact]
    public async Task Silo_NothingListens_FailsWithRemedy()
    {
        var run = await ConsoleRun.OfAsync("runs", "list", "--silo", "http://127.0.0.1:9");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("No silo answers at http://127.0.0.1:9/", run.Errors, StringComparison.Ordinal);
        Assert.Contains("leave out --silo", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void CommandText_PlacesAndKeys_AreLeftOut() => Assert.Equal(
        "steptool train --seed 2", CommandText.Of(["train", "--json", "--seed", "2", "--out", "x", "--api-key", "secret", "--run=r", "--silo", "http://h"]));

    // As a shell splits them: quoted words are one.
    [GeneratedRegex("""'[^']*'|"[^"]*"|\S+""")]
    private static partial Regex Words();

    private static IEnumerable<string> Paths(Command command, string prefix) => command.Subcommands.SelectMany(sub =>
        sub is ConsoleCommand ? [prefix + sub.Name] : Paths(sub, $"{prefix}{sub.Name} "));
}
