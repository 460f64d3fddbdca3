using Microsoft.Extensions.DependencyInjection;

namespace StepTool.Tests.Engines;

/// <summary>What a cluster of the house's own grains needs on Orleans: nothing more, since it finds the grains of every referenced assembly.</summary>
internal static class HouseEngine
{
    public static IServiceCollection AddGrainsOfTheHouse(this IServiceCollection services) => services;
}
