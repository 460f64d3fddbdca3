using StepTool.Core.Tools.Live;
using StepTool.Grains.Contracts;

namespace StepTool.Grains.Tools;

[GrainType("live-source")]
internal sealed class LiveSourceGrain(ILiveCatalogue catalogue) : Grain, ILiveSourceGrain
{
    public async Task<LiveListing> ListAsync(CancellationToken cancellationToken) => await catalogue.ListAsync(this.GetPrimaryKeyString(), cancellationToken);
}
