using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace StepTool.Tests.Grains.Engines.Embedded;

/// <summary>Thousands of episodes in orders that seeds decide. <c>STEPTOOL_SIMULATIONS=FROM-TO</c> plays other seeds, such as <c>1-2000</c>.</summary>
[Collection(Alone.Name)]
[Trait("Kind", "Simulation")]
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const ulong Few = 16; // fewer seeds than so many need not meet all that may go wrong

    [Fact]
    public async Task Run_WhateverDies_KeepsItsPromises()
    {
        var range = (Environment.GetEnvironmentVariable("STEPTOOL_SIMULATIONS") ?? "1-32").Split('-').Select(text => ulong.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var kinds = Enum.GetValues<Disturbance>();
        var (episodes, met) = (0L, new long[kinds.Length]);
        var broken = new List<string>();
        for (var seed = range[0]; seed <= range[1]; seed++)
        {
            try
            {
                var played = await PlayAsync(seed);
                episodes += played.Episodes;
                foreach (var kind in kinds)
                {
                    met[(int)kind] += played.Met(kind);
                }
            }
            catch (InvalidOperationException exception)
            {
                broken.Add(exception.Message);
            }
        }

        output.WriteLine($"Seeds {range[0]} to {range[1]}: {episodes} episodes; {string.Join(", ", kinds.Select(kind => $"{kind} {met[(int)kind]}"))}.");
        Assert.True(broken.Count == 0, $"{broken.Count} seeds break a promise.\n{string.Join("\n\n", broken)}");
        Assert.All(range[1] - range[0] >= Few ? kinds : [], kind => Assert.True(met[(int)kind] > 0, $"Nothing of the kind {kind} went wrong, so nothing was shown."));
    }

    [Theory]
    [InlineData(11)] // a command to cancel that was given again was answered before its run was stored as cancelled
    [InlineData(71)] // a run that was to fail had stopped its trainer, died before that was stored, and went on without one
    [InlineData(391)] // a run that died as it enqueued ended its stage before the last of what it had enqueued
    [InlineData(1216)] // a command to resume was refused before its run was stored as failed
    public Task Run_SeedThatBrokeAPromise_KeepsThem(ulong seed) => PlayAsync(seed, readsFail: false);

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Run_SameSeed_IsTheSameToTheWrite(ulong seed) => Assert.Equal((await PlayAsync(seed)).Trace, (await PlayAsync(seed)).Trace);

    private static async Task<Simulation> PlayAsync(ulong seed, bool readsFail = true)
    {
        try
        {
            return await Simulation.PlayAsync(seed, readsFail);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Seed {seed} breaks a promise. Play it alone with STEPTOOL_SIMULATIONS={seed}-{seed}. {exception.Message}", exception);
        }
    }
}
