using System.Text.Json;
using k8s.Models;
using StepTool.Silo.Security;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.Infra;

/// <summary>What the autoscaler asks, asked of a silo.</summary>
[Trait("Kind", "Unit")]
public sealed class ScalingTests
{
    public static TheoryData<string> Names => [.. DeploymentFiles.Objects.OfType<ScaledObject>().Select(scaled => scaled.Metadata.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Trigger_AskedOfASilo_IsANumberThatTheKeyOpens(string name)
    {
        var trigger = Trigger(name);
        await using var silo = await TemporarySilo.StartAsync("--storage", "memory", "--api-key", SiloEnvironments.Key);
        var address = new Uri(new Uri(silo.Url), new Uri(trigger.Url).AbsolutePath);
        using var http = silo.Http;
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { trigger.KeyParamName, SiloEnvironments.Key } } };

        using var refused = await http.GetAsync(address);
        using var answer = await http.SendAsync(request);

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
        using var json = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        var value = trigger.ValueLocation.Split('.').Aggregate(json.RootElement, (element, member) => element.GetProperty(member));
        Assert.True(value.GetInt32() >= 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Trigger_AsksTheService_WithTheKeyOfTheSecret(string name)
    {
        var scaled = DeploymentFiles.One<ScaledObject>(name);
        var service = DeploymentFiles.One<V1Service>("steptool");
        var (trigger, url) = (Trigger(name), new Uri(Trigger(name).Url));
        var secret = Assert.Single(DeploymentFiles.One<TriggerAuthentication>(Assert.Single(scaled.Spec.Triggers).AuthenticationRef.Name).Spec.SecretTargetRef);

        Assert.Equal(name, DeploymentFiles.One<V1Deployment>(scaled.Spec.ScaleTargetRef.Name).Metadata.Name);
        Assert.Equal(($"{service.Metadata.Name}.steptool.svc.cluster.local", service.Spec.Ports.Single().Port), (url.Host, url.Port));
        Assert.Equal(("metrics-api", "AverageValue", "1"), (scaled.Spec.Triggers[0].Type, scaled.Spec.Triggers[0].MetricType, trigger.TargetValue));
        Assert.Equal(("apiKey", "header", ApiKeyGate.Header), (trigger.AuthMode, trigger.Method, trigger.KeyParamName));
        Assert.Equal(("apiKey", "steptool"), (secret.Parameter, secret.Name));
        Assert.Contains(secret.Key, DeploymentFiles.Variables("infra/kubernetes/secret.env.example").Keys);
    }

    // Somebody must be there to say that more are wanted.
    [Fact]
    public void Silos_AreNeverNone() => Assert.True(DeploymentFiles.One<ScaledObject>("steptool-silo").Spec.MinReplicaCount >= 1);

    private static ScaledObject.MetricsApi Trigger(string name) => Assert.Single(DeploymentFiles.One<ScaledObject>(name).Spec.Triggers).Metadata;
}
