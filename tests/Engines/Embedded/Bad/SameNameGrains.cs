
namespace StepTool.Tests.Engines.Bad
{
    public interface ISameNameGrain : IGrainWithStringKey;

    public sealed class SameNameGrain : Grain, ISameNameGrain;
}

namespace StepTool.Tests.Engines.Bad.Twin
{
    public sealed class SameNameGrain : Grain, ISameNameGrain;
}
