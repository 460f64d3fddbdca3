using Microsoft.Extensions.DependencyInjection;
using StepTool.Embedded.Hosting;
using StepTool.Grains.Contracts;

namespace StepTool.Tests.Engines;

/// <summary>What a cluster of the house's own grains needs on the embedded engine.</summary>
internal static class HouseEngine
{
    public static IServiceCollection AddGrainsOfTheHouse(this IServiceCollection services) => services.AddEmbeddedEngine(typeof(IRunGrain).Assembly);
}
