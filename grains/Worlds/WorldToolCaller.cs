using StepTool.Core.Tools;

namespace StepTool.Grains.Worlds;

/// <summary>Answers from the world alone.</summary>
public sealed class WorldToolCaller(IWorldCatalogue worlds) : IToolCaller
{
    /// <inheritdoc/>
    public bool Mutates(ApiDocumentation documentation) => false;

    /// <inheritdoc/>
    public async ValueTask<ToolReply> CallAsync(string world, ToolRequest request, CancellationToken cancellationToken)
    {
        var loaded = await worlds.GetAsync(world, cancellationToken);
        return loaded.Answer(request.Call, request.Attempt);
    }
}
