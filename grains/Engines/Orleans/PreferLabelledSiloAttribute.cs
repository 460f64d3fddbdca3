using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace StepTool.Grains.Engines;

/// <summary>Places grains on silos that bear a label where there are any, else on any silo.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PreferLabelledSiloAttribute(string key, string value) : PlacementFilterAttribute(new PreferLabelledSiloStrategy(key, value));

/// <summary>The label, kept among the properties of the grain's type, since the silo that places a grain may not hold its class.</summary>
internal sealed class PreferLabelledSiloStrategy(string key, string value) : PlacementFilterStrategy(order: 0)
{
    public PreferLabelledSiloStrategy()
        : this("", "")
    {
    }

    public string Key { get; private set; } = key;

    public string Value { get; private set; } = value;

    public override void AdditionalInitialize(GrainProperties properties) =>
        (Key, Value) = (GetPlacementFilterGrainProperty("key", properties) ?? "", GetPlacementFilterGrainProperty("value", properties) ?? "");

    protected override IEnumerable<KeyValuePair<string, string>> GetAdditionalGrainProperties(
        IServiceProvider services, Type grainClass, GrainType grainType, IReadOnlyDictionary<string, string> existingProperties) => [new("key", Key), new("value", Value)];
}

/// <summary>Chooses the labelled ones among silos that may take a grain.</summary>
internal sealed class PreferLabelledSiloDirector(ISiloMetadataCache labels) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var label = (PreferLabelledSiloStrategy)filterStrategy;
        var all = silos.ToArray();
        var labelled = Array.FindAll(all, silo => labels.Bears(silo, label.Key, label.Value));
        return labelled.Length > 0 ? labelled : all;
    }
}
