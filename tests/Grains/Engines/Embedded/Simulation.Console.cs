using System.Globalization;
using Orleans.Runtime;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using Xunit;

namespace StepTool.Tests.Grains.Engines.Embedded;

/// <content>What people ask for meanwhile, at moments that the seed draws.</content>
internal sealed partial class Simulation
{
    private const string Queue = "queue";
    private readonly List<Command> _commands = [];
    private Command? _change;

    private bool AllAnswered => _commands.TrueForAll(command => command.IsAnswered);

    private void Begin()
    {
        Give(house => house.Run().StartAsync(_plan));
        Give(house => house.Run(Queue).StartAsync(Plans.Serving("policy@promoted") with { Run = Queue, Tools = ToolMode.Live }));
        Work(() => AllAnswered, long.MaxValue);
    }

    private void Act()
    {
        var run = _random.NextInt(2) == 0 ? Queue : _plan.Run;
        var ordinal = _random.NextInt(40);
        switch (_random.NextInt(20))
        {
            case < 6:
                AddTasks();
                break;
            case < 9:
                Resume(run, null);
                break;
            case 9:
                Resume(run, null);
                Resume(run, null);
                break;
            case 10:
                Resume(run, ordinal);
                break;
            case 11:
                Give(house => house.Run(run).CancelAsync(ordinal), () => true);
                break;
            case 12:
                Cancel(run);
                break;
            case < 15:
                Leave();
                break;
            case < 18:
                ChangePolicy();
                break;
            default:
                GiveAgain();
                break;
        }
    }

    private void AddTasks()
    {
        var (first, count) = (_random.NextInt(_ground.World.Tasks.Length), 1 + _random.NextInt(5));
        var batch = new TaskBatch(
            string.Create(CultureInfo.InvariantCulture, $"batch-{_commands.Count}"),
            [.. Enumerable.Range(first, count).Select(index => _ground.World.Tasks[index % _ground.World.Tasks.Length])],
            OnlyNew: _random.NextInt(3) == 0);
        Give(async house => _promises.Added(batch, await house.Run(Queue).AddTasksAsync(batch)), () => _promises.Of(Queue).Phase is RunPhase.Cancelled);
    }

    // What cannot be read for a moment is refused with that reason, and asked for again.
    private void Resume(string run, long? ordinal) => Give(
        async house =>
        {
            var refused = (await house.Run(run).ResumeAsync(ordinal)).Refused;
            Assert.All(refused, refusal => Assert.Contains(BlobUnread.TrimEnd('.'), refusal, StringComparison.Ordinal));
            if (!refused.IsEmpty)
            {
                throw new IOException(BlobUnread);
            }
        },
        () => ordinal is not null || _promises.Of(run).Phase is not (RunPhase.Running or RunPhase.Completed));

    // Few runs are cancelled as a whole, since little is seen in what is left of them.
    private void Cancel(string run)
    {
        if (_random.NextInt(5) == 0)
        {
            Give(async house => Assert.NotEqual(RunPhase.Running, (await house.Run(run).CancelAsync(null)).Phase));
        }
    }

    // One change after the other: what is asked for again after another one would be asked for anew.
    private void ChangePolicy()
    {
        if (_promises.Policy.Head is not { } head || _change is { IsAnswered: false })
        {
            return;
        }

        var (kind, version, holder) = (_random.NextInt(6), _random.NextInt(head.Latest.Version + 1), $"@{_random.NextInt(3)}");
        var change = new PolicyChange(kind < 2 ? version : null, kind == 2 ? head.Promoted.Version : null);
        _promises.Policy.Asked(change);
        _change = Give(
            async house =>
            {
                var policy = house.Grain<IPolicyGrain>("policy");
                await (kind switch
                {
                    < 2 => policy.PromoteAsync(version, head.Promoted.Version),
                    2 => policy.RollBackAsync(head.Promoted.Version),
                    3 => policy.PinAsync(holder, version),
                    4 => policy.UnpinAsync(holder),
                    _ => (Task)policy.RetainAsync(1 + (version % 3)),
                });
                PolicyPromises.Answered(change);
            },
            () => true);
        _change.IsChange = true;
    }

    // As one does who does not know whether it was carried out.
    private void GiveAgain()
    {
        var command = _commands[_random.NextInt(_commands.Count)];
        (command.IsChange ? _change! : command).Give(); // an older change would be another one
    }

    private Command Give(Func<House, Task> ask, Func<bool>? mayBeRefused = null)
    {
        var command = new Command(this, ask, mayBeRefused ?? (() => false));
        _commands.Add(command);
        command.Give();
        return command;
    }

    /// <summary>Asked again until it is answered, whatever dies meanwhile.</summary>
    private sealed class Command(Simulation simulation, Func<House, Task> ask, Func<bool> mayBeRefused)
    {
        private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(200);
        private int _open;

        public bool IsAnswered => _open == 0;

        public bool IsChange { get; set; }

        public void Give()
        {
            _open++;
            Ask();
        }

        public void AskAnew()
        {
            for (var given = 0; given < _open; given++)
            {
                Ask();
            }
        }

        private void Ask() => _ = simulation._life.Console.RunAsync(() => AskAsync(simulation._house));

        private async Task AskAsync(House house)
        {
            for (var isAnswered = false; !isAnswered;)
            {
                try
                {
                    await ask(house);
                    isAnswered = true;
                }
                catch (Exception exception) when (exception is IOException or StorageException or OrleansException or TimeoutException)
                {
                    await Task.Delay(Wait, simulation._clock);
                }
                catch (Exception exception)
                {
                    isAnswered = true;
                    if (exception is not (ArgumentException or InvalidOperationException) || !mayBeRefused())
                    {
                        simulation.Break(exception);
                    }
                }
            }

            _open--;
        }
    }
}
