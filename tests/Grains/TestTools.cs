using System.Collections.Concurrent;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Tests.Grains;

/// <summary>Answers from a world unless a test says otherwise. Counts what was sent, by call id.</summary>
internal sealed class TestTools(IWorld world) : IToolCaller
{
    /// <summary>Times each call was sent.</summary>
    public ConcurrentDictionary<string, int> Sent { get; } = new();

    /// <summary>Times each call that changes something was sent.</summary>
    public ConcurrentDictionary<string, int> Changed { get; } = new();

    /// <summary>Whether calls that are documented to change something do so.</summary>
    public bool Mutate { get; set; }

    /// <summary>Another reply, or null for the world's own.</summary>
    public Func<ToolRequest, CancellationToken, Task<ToolReply>?>? Reply { get; set; }

    public bool Mutates(ApiDocumentation documentation) => Mutate && documentation.Mutates;

    public ValueTask<ToolReply> CallAsync(string reference, ToolRequest request, CancellationToken cancellationToken)
    {
        Sent.AddOrUpdate(request.CallId, 1, (_, times) => times + 1);
        if (Mutate && world.TryDescribe(request.Call.Api, out var documentation) && documentation.Mutates)
        {
            Changed.AddOrUpdate(request.CallId, 1, (_, times) => times + 1);
        }

        return Reply?.Invoke(request, cancellationToken) is { } reply ? new ValueTask<ToolReply>(reply) : ValueTask.FromResult<ToolReply>(world.Answer(request.Call, request.Attempt));
    }
}
