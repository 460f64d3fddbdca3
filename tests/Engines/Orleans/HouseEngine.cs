using Microsoft.Extensions.DependencyInjection;

namespace StepTool.Tests.Engines;

/// <summary>What a cluster of the house's own grains needs on Orleans: nothing, since every referenced assembly's grains are found.</summary>
internal static class HouseEngine
{
    public static IServiceCollection AddGrainsOfTheHouse(this IServiceCollection services) => services;
}
