using System.ComponentModel;
using Microsoft.Extensions.DependencyInjection;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Silo.Tools.Functions;
using Xunit;

namespace StepTool.Tests.Silo.Tools;

[Trait("Kind", "Unit")]
public sealed class FunctionCallerTests
{
    [Fact]
    public async Task ListAsync_Function_IsAnApiWithTheSchemaOfItsParameters()
    {
        await using var house = House();

        var api = Assert.Single((await house.Catalogue.ListAsync("functions", default)).Apis, one => one.Documentation.ApiName == "price-of");

        Assert.Equal(("functions/host/price_of", "The price of an order.", false), (api.Documentation.Key.ToString(), api.Documentation.Description, api.Documentation.Mutates));
        Assert.Equal(
            [new("item", ParameterType.Text, true, "Name of the item", null, []), new("count", ParameterType.Number, false, "", "1", [])],
            api.Documentation.Parameters.Select(parameter => parameter with { Choices = [] }));
        Assert.Equal(new FunctionBinding("price-of"), api.Binding);
    }

    [Fact]
    public async Task CallAsync_Function_GetsItsArgumentsAndServices()
    {
        await using var house = House();

        var answer = Assert.IsType<ToolAnswer>((await house.CallAsync(await ApiAsync(house, "price-of"), new { item = "tea", count = 3 })).Reply);

        Assert.Equal((ToolStatus.Ok, """{"item":"tea","total":7.5}""", Provenance.Real), (answer.Status, answer.Response, answer.Provenance));
    }

    [Fact]
    public async Task CallAsync_FunctionThrows_IsAnErrorThatTheAgentReads()
    {
        await using var house = House();

        var answer = Assert.IsType<ToolAnswer>((await house.CallAsync(await ApiAsync(house, "fail"), new { why = "no stock" })).Reply);

        Assert.Equal((ToolStatus.RequestError, "InvalidOperationException: no stock"), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task CallAsync_ArgumentOfAnotherType_IsBadInput()
    {
        await using var house = House();

        var answer = Assert.IsType<ToolAnswer>((await house.CallAsync(await ApiAsync(house, "price-of"), new { item = "tea", count = "many" })).Reply);

        Assert.Equal(ToolStatus.BadInput, answer.Status);
    }

    [Fact]
    public async Task CallAsync_FunctionThatBlocksAndIgnoresItsToken_IsLeftBehind()
    {
        using var never = new ManualResetEventSlim();
        await using var house = House(services => services.AddTool("block", () => never.Wait()));
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await house.CallAsync(Apis.Bound(new FunctionBinding("block")), null, cancel.Token));
        never.Set();
    }

    [Fact]
    public async Task CallAsync_FunctionNotRegistered_SaysSo()
    {
        await using var house = House();

        var reply = await house.CallAsync(Apis.Bound(new FunctionBinding("gone")));

        Assert.Null(house.Caller.HostOf(new FunctionBinding("gone")));
        Assert.Equal("function:fail", house.Caller.HostOf(new FunctionBinding("fail")));
        Assert.StartsWith("No function 'gone' is registered in this silo", Assert.IsType<ToolFaulted>(reply.Reply).Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddTool_NameTakenOrOfAnotherForm_IsRefused()
    {
        var services = new ServiceCollection().AddTool("one", () => 1);

        Assert.Contains("registered already", Assert.Throws<ArgumentException>(() => services.AddTool("ONE", () => 2)).Message, StringComparison.Ordinal);
        Assert.Contains("A tool's name is 'a b'", Assert.Throws<ArgumentException>(() => services.AddTool("a b", () => 2)).Message, StringComparison.Ordinal);
    }

    private static LiveHouse House(Action<IServiceCollection>? configure = null) => LiveHouse.Create([], configure: services =>
    {
        services.AddSingleton(new Prices(2.5));
        services.AddTool("price-of", PriceOf, isSafe: true);
        services.AddTool("fail", object (string why) => throw new InvalidOperationException(why));
        configure?.Invoke(services);
    });

    private static async Task<ApiDefinition> ApiAsync(LiveHouse house, string name) => (await house.Catalogue.ListAsync("functions", default)).Apis.Single(api => api.Documentation.ApiName == name);

    [Description("The price of an order.")]
    private static Order PriceOf([Description("Name of the item")] string item, IServiceProvider services, CancellationToken cancellationToken, int count = 1)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new Order(item, services.GetRequiredService<Prices>().Each * count);
    }

    private sealed record Prices(double Each);

    private sealed record Order(string Item, double Total);
}
