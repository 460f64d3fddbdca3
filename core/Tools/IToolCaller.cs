namespace StepTool.Core.Tools;

/// <summary>Calls tools for the API grains: from a world's recorded or generated answers, or for real. Safe for concurrent use.</summary>
public interface IToolCaller
{
    /// <summary>Whether a call would change something outside, so that it must never be sent twice. Recorded and generated answers change nothing.</summary>
    bool Mutates(ApiDocumentation documentation);

    /// <summary>Calls an API of a world.</summary>
    /// <param name="world">Reference of the world.</param>
    /// <param name="request">The call.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<ToolReply> CallAsync(string world, ToolRequest request, CancellationToken cancellationToken);
}
