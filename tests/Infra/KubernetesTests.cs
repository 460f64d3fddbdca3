using System.Globalization;
using k8s;
using k8s.Models;
using StepTool.Silo.Cluster;
using StepTool.Silo.Health;
using Xunit;

namespace StepTool.Tests.Infra;

[Trait("Kind", "Unit")]
public sealed class KubernetesTests
{
    private const string Namespace = "steptool";

    private static readonly V1Deployment[] Deployments = [.. DeploymentFiles.Objects.OfType<V1Deployment>()];

    public static TheoryData<string> Names => [.. Deployments.Select(deployment => deployment.Metadata.Name)];

    [Theory]
    [InlineData("base")]
    [InlineData("azure")]
    public void Kustomization_ListsEveryFile(string folder) => Assert.Equal(
        Directory.GetFiles(Path.Combine(DeploymentFiles.Root, "infra/kubernetes", folder), "*.yaml").Select(Path.GetFileName).Where(name => name != "kustomization.yaml").Order(),
        DeploymentFiles.Resources(folder).Where(name => name != "../base").Order());

    [Fact]
    public void Objects_AreOfTheNamespace_AndReadStrictly()
    {
        Assert.Equal(Namespace, DeploymentFiles.Yaml("infra/kubernetes/base/kustomization.yaml")["namespace"].ToString());
        Assert.Equal(Namespace, Assert.Single(DeploymentFiles.Objects.OfType<V1Namespace>()).Metadata.Name);
        Assert.IsType<V1DaemonSet>(Assert.Single(DeploymentFiles.Load("infra/kubernetes/azure/nvidia-device-plugin.yaml")));
        Assert.Equal(["steptool-gpu-silo", "steptool-silo"], Deployments.Select(deployment => deployment.Metadata.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Probes_AskWhatTheSiloAnswers_WhereItListens(string name)
    {
        var container = Container(name);
        var http = Assert.Single(container.Ports, port => port.Name == "http");

        Assert.Equal(
            [HealthEndpoints.Alive, HealthEndpoints.Alive, HealthEndpoints.Health],
            new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe }.Select(probe => probe.HttpGet.Path));
        Assert.All([container.StartupProbe, container.LivenessProbe, container.ReadinessProbe], probe => Assert.Equal("http", probe.HttpGet.Port.Value));
        Assert.Equal(new Uri(Settings["StepTool__Url"]).Port, http.ContainerPort);
        Assert.Equal(Settings["StepTool__Clustering__SiloPort"], Port(container, "silo"));
        Assert.Equal(Settings["StepTool__Clustering__GatewayPort"], Port(container, "gateway"));
    }

    // A step ends before a drain does, and a drain before the kill: else an orderly end is none.
    [Theory]
    [MemberData(nameof(Names))]
    public async Task GracePeriod_IsLongerThanWhatComesBeforeIt(string name)
    {
        var pod = Pod(name).Spec;
        var budgets = await Budgets.ReadAsync();
        var grace = TimeSpan.FromSeconds(pod.TerminationGracePeriodSeconds!.Value - pod.Containers[0].Lifecycle.PreStop.Sleep.Seconds);

        Assert.True(budgets.Call < budgets.Drain, $"A call may take {budgets.Call}, a drain {budgets.Drain}.");
        Assert.True(grace >= budgets.Drain + TimeSpan.FromSeconds(10), $"A drain may take {budgets.Drain}, and {grace} are left for it.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Deployment_SelectsItsOwnPodsAlone(string name)
    {
        var others = Deployments.Where(deployment => deployment.Metadata.Name != name);

        Assert.True(Matches(Deployment(name).Spec.Selector, Pod(name)));
        Assert.DoesNotContain(others, other => Matches(Deployment(name).Spec.Selector, other.Spec.Template));
        Assert.Contains(DeploymentFiles.Objects.OfType<V1PodDisruptionBudget>(), budget => budget.Metadata.Name == name && Same(budget.Spec.Selector, Deployment(name).Spec.Selector));
        Assert.All(Pod(name).Spec.TopologySpreadConstraints ?? [], spread => Assert.True(Same(spread.LabelSelector, Deployment(name).Spec.Selector)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Deployment_NamesWhatThereIs(string name)
    {
        var container = Container(name);
        var generated = DeploymentFiles.Yaml("infra/kubernetes/base/kustomization.yaml")["configMapGenerator"][0]["name"].ToString();

        Assert.Equal(DeploymentFiles.One<V1ServiceAccount>("steptool").Metadata.Name, Pod(name).Spec.ServiceAccountName);
        Assert.Equal([generated, "steptool"], container.EnvFrom.Select(source => source.ConfigMapRef?.Name ?? source.SecretRef.Name));
        Assert.Contains("create secret generic steptool --from-env-file", DeploymentFiles.Text("infra/kubernetes/secret.env.example"), StringComparison.Ordinal);
        Assert.Equal($"{name}:{GrainContracts.Version}", container.Image);
        Assert.Null(Deployment(name).Spec.Replicas);
    }

    [Fact]
    public void Silos_AreTheSame_ButForWhatAGpuNeeds()
    {
        var (silo, gpu) = (Pod("steptool-silo").Spec, Pod("steptool-gpu-silo").Spec);

        Assert.Equal(gpu.TerminationGracePeriodSeconds, silo.TerminationGracePeriodSeconds);
        Assert.Equal(Json(gpu.SecurityContext), Json(silo.SecurityContext));
        Assert.Equal(Json(gpu.Volumes), Json(silo.Volumes));
        foreach (var part in new Func<V1Container, object>[]
        {
            container => container.EnvFrom, container => container.Ports, container => container.StartupProbe, container => container.LivenessProbe,
            container => container.ReadinessProbe, container => container.Lifecycle, container => container.SecurityContext, container => container.VolumeMounts,
        })
        {
            Assert.Equal(Json(part(gpu.Containers[0])), Json(part(silo.Containers[0])));
        }

        Assert.Equal(["AdvertisedAddress", "MaxEpisodes"], silo.Containers[0].Env.Select(variable => variable.Name.Split("__")[^1]));
        Assert.Equal(["AdvertisedAddress", "gpu", "MaxEpisodes"], gpu.Containers[0].Env.Select(variable => variable.Name.Split("__")[^1]));
        Assert.Equal(1, gpu.Containers[0].Resources.Limits["nvidia.com/gpu"].ToInt32());
    }

    [Theory]
    [InlineData("steptool", "http")]
    [InlineData("steptool-silos", "silo", "gateway")]
    public void Service_ReachesPortsOfEverySilo(string name, params string[] ports)
    {
        var service = DeploymentFiles.One<V1Service>(name).Spec;

        Assert.Equal(ports, service.Ports.Select(port => port.TargetPort.Value));
        Assert.All(Deployments, deployment =>
        {
            Assert.True(Matches(service.Selector, deployment.Spec.Template));
            Assert.All(service.Ports, port => Assert.Equal(port.Port.ToString(CultureInfo.InvariantCulture), Port(deployment.Spec.Template.Spec.Containers[0], port.Name)));
        });
    }

    // Orleans' ports have no key: whoever reaches them commands the cluster.
    [Fact]
    public void NetworkPolicy_OpensOrleansPortsToSilosAlone()
    {
        var policy = DeploymentFiles.One<V1NetworkPolicy>("steptool").Spec;
        var orleans = new[] { Settings["StepTool__Clustering__SiloPort"], Settings["StepTool__Clustering__GatewayPort"] };
        var toOrleans = policy.Ingress.Where(rule => rule.Ports.Any(port => orleans.Contains(port.Port.Value)));

        Assert.Equal(["Ingress", "Egress"], policy.PolicyTypes);
        Assert.All(Deployments, deployment => Assert.True(Matches(policy.PodSelector, deployment.Spec.Template)));
        Assert.All(policy.Ingress, rule => Assert.NotEmpty(rule.Ports));
        Assert.Equal(orleans, Assert.Single(toOrleans).Ports.Select(port => port.Port.Value));
        var peer = Assert.Single(Assert.Single(toOrleans).FromProperty);
        Assert.True(peer.NamespaceSelector is null && peer.IpBlock is null && Same(peer.PodSelector, policy.PodSelector));
        Assert.Contains(policy.Egress, rule => rule.To.Any(to => to.PodSelector is { } silos && Same(silos, policy.PodSelector)) && orleans.All(port => rule.Ports.Any(open => open.Port.Value == port)));
        Assert.Contains("169.254.0.0/16", policy.Egress.SelectMany(rule => rule.To).Single(to => to.IpBlock is not null).IpBlock.Except);
    }

    private static Dictionary<string, string> Settings { get; } = DeploymentFiles.Variables("infra/kubernetes/base/settings.env");

    private static V1Deployment Deployment(string name) => DeploymentFiles.One<V1Deployment>(name);

    private static V1PodTemplateSpec Pod(string name) => Deployment(name).Spec.Template;

    private static V1Container Container(string name) => Assert.Single(Pod(name).Spec.Containers);

    private static string Port(V1Container container, string name) =>
        Assert.Single(container.Ports, port => port.Name == name).ContainerPort.ToString(CultureInfo.InvariantCulture);

    private static bool Matches(V1LabelSelector selector, V1PodTemplateSpec pod) => selector.MatchExpressions is null && Matches(selector.MatchLabels, pod);

    private static bool Matches(IDictionary<string, string> labels, V1PodTemplateSpec pod) =>
        labels.Count > 0 && labels.All(label => pod.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    private static bool Same(V1LabelSelector one, V1LabelSelector other) => Json(one) == Json(other);

    private static string Json(object value) => KubernetesJson.Serialize(value);
}
