using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>The APIs of a world, written when a task first offers them. What an API is does not depend on when it is written.</summary>
internal sealed class Catalogue(BuiltInWorldOptions options)
{
    private readonly Dictionary<(Suite Suite, Slot Slot), GeneratedApi> _apis = [];
    private readonly HashSet<ApiKey> _taken = [];

    /// <summary>All APIs written so far.</summary>
    public IEnumerable<GeneratedApi> All => _apis.Values;

    /// <summary>The API of a slot.</summary>
    public GeneratedApi Get(Suite suite, Slot slot)
    {
        if (!_apis.TryGetValue((suite, slot), out var api))
        {
            _apis[(suite, slot)] = api = new ApiWriter(suite, slot, options).Write(_taken);
        }

        return api;
    }
}
