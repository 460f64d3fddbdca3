using StepTool.Core.Chance;
using StepTool.Core.Tools;
using StepTool.Grains.Worlds;

namespace StepTool.Bench.Fleet;

/// <summary>The world's tools, each call reported first to a process that outlives the silos. Every fourth API counts as one that changes something.</summary>
internal sealed class CountedCaller(IWorldCatalogue worlds, Uri counter) : IToolCaller
{
    private const int OneIn = 4;
    private readonly HttpClient _http = new();
    private readonly WorldToolCaller _caller = new(worlds);

    public bool Mutates(ApiDocumentation documentation) => Mutates(documentation.Key);

    public async ValueTask<ToolReply> CallAsync(string world, ToolRequest request, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync(new Uri(counter, CallCounter.Path(request.CallId, Mutates(request.Call.Api))), null, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await _caller.CallAsync(world, request, cancellationToken);
    }

    /// <summary>Whether calls of an API count as changing something.</summary>
    internal static bool Mutates(ApiKey api) => StableHash.Of(api.ToString()) % OneIn == 0;
}
