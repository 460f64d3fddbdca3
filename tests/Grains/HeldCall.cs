using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Tests.Grains;

/// <summary>A call whose tool answers when the test says so.</summary>
internal sealed class HeldCall(IWorld world)
{
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _answers = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the tool was called.</summary>
    public Task Called => _called.Task;

    /// <summary>The reply, when it comes.</summary>
    public async Task<ToolReply> ReplyAsync(ToolRequest request)
    {
        _called.TrySetResult();
        return await _answers.Task ? world.Answer(request.Call, request.Attempt) : new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "The test is over."));
    }

    /// <summary>Answers as the world does.</summary>
    public void Answer() => _answers.TrySetResult(true);

    /// <summary>Ends the call after all that the test has looked at, so that nothing waits for it for ever.</summary>
    public void Abandon() => _answers.TrySetResult(false);
}
