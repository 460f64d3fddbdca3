using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Grains.Tools;

/// <summary>The one rule by which a call counts as changing something: asked by the task, which saves its intent, and by the API's grain, which never repeats it.</summary>
internal static class ToolMutations
{
    /// <summary>Whether a live call of an API changes something outside.</summary>
    internal static bool Mutates(this IToolCaller caller, IWorld world, ApiDocumentation documentation) =>
        world.TryDefine(documentation.Key, out var definition) && definition.Binding is not null ? documentation.Mutates : caller.Mutates(documentation);
}
