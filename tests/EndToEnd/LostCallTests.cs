using System.Net;
using System.Net.Http.Json;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.EndToEnd;

/// <summary>Calls of real tools that change something, and of which nobody knows what came of them: whoever made them is told so, and nothing makes them again.</summary>
[Trait("Kind", "Simulation")]
public sealed class LostCallTests
{
    [Fact]
    public async Task ToolsCall_SiloIsKilledMeanwhile_IsOfUnknownOutcomeAndNotMadeAgain()
    {
        await using var tools = await HeldTools.StartAsync();
        string[] place = ["--url", $"http://127.0.0.1:{Bench.Fleet.FreePort.Next()}", "--data-dir", tools.Directory];
        using var first = await SiloProcess.StartAsync(tools.Environment, place);
        using var console = ConsoleProcess.Start(tools.Folder, "tools", "call", "openapi/held/hold_0", "--world", "held", "--tools", "live", "--silo", first.Url);
        await tools.FullAsync(calls: 1);

        first.Signal("-KILL");
        await first.EndAsync();
        using var second = await SiloProcess.StartAsync(tools.Environment, place);
        tools.Release();
        var ended = await console.EndAsync();

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("The call was lost: OutcomeUnknown. openapi/held/hold_0 changes something and may have been called; it was not called again.", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(1, tools.CallsOf(0));
        await second.StopAsync();
    }

    [Fact]
    public async Task Virtual_CallOfUnknownOutcome_IsNotOfferedAgain()
    {
        await using var tools = await HeldTools.StartAsync();
        var environment = tools.Environment;
        environment["StepTool__Episodes__CallTimeout"] = "00:00:02";
        environment["StepTool__Tools__Timeout"] = "00:00:01";
        environment["StepTool__Virtual__Mode"] = "Live";
        using var silo = await SiloProcess.StartAsync(environment, "--data-dir", tools.Directory);
        using var http = new HttpClient();

        using var response = await http.PostAsJsonAsync(
            new Uri($"{silo.Url}/worlds/{tools.World}/virtual"), new { category = "openapi", tool_name = "held", api_name = "hold_0", tool_input = "{}", strip = "", toolbench_key = "" });

        Assert.Equal((HttpStatusCode.GatewayTimeout, null), (response.StatusCode, response.Headers.RetryAfter));
        Assert.Contains("OutcomeUnknown", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, tools.CallsOf(0));
        await silo.StopAsync();
    }
}
