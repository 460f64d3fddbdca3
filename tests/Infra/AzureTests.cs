using System.Text.RegularExpressions;
using k8s.Models;
using StepTool.Silo.Storage;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace StepTool.Tests.Infra;

/// <summary>What infra/azure makes is what infra/kubernetes asks for.</summary>
[Trait("Kind", "Unit")]
public sealed partial class AzureTests
{
    private static readonly string Bicep = DeploymentFiles.Text("infra/azure/main.bicep");
    private static readonly string Script = DeploymentFiles.Text("infra/azure/deploy.sh");

    [Fact]
    public void Federation_IsOfTheSilosServiceAccount()
    {
        Assert.Equal(Assert.Single(DeploymentFiles.Objects.OfType<V1Namespace>()).Metadata.Name, Default("namespace"));
        Assert.Equal(Assert.Single(DeploymentFiles.Objects.OfType<V1ServiceAccount>()).Metadata.Name, Default("serviceAccount"));
    }

    [Fact]
    public void Container_IsTheOneThatSilosUse() =>
        Assert.Contains($"resource container 'containers' = {{\n      name: '{new AzureStorageOptions().Container}'", Bicep, StringComparison.Ordinal);

    [Fact]
    public void GpuPool_IsWhereGpuSilosMayGo_AndTheirPluginToo()
    {
        var (label, value) = (Match(@"nodeLabels: \{ '(\S+)': '\S+' \}"), Match(@"nodeLabels: \{ '\S+': '(\S+)' \}"));
        var taint = Match(@"nodeTaints: \['(\S+)=\w+:NoSchedule'\]");
        var plugin = (V1DaemonSet)DeploymentFiles.Load("infra/kubernetes/azure/nvidia-device-plugin.yaml").Single();

        Assert.All([DeploymentFiles.One<V1Deployment>("steptool-gpu-silo").Spec.Template.Spec, plugin.Spec.Template.Spec], pod =>
        {
            Assert.Equal(value, pod.NodeSelector[label]);
            Assert.Contains(pod.Tolerations, toleration => (toleration.Key, toleration.OperatorProperty, toleration.Effect) == (taint, "Exists", "NoSchedule"));
        });
        Assert.Null(DeploymentFiles.One<V1Deployment>("steptool-silo").Spec.Template.Spec.Tolerations);
    }

    [Fact]
    public void Script_WritesWhatTheOverlayReads_FromOutputsThatThereAre()
    {
        var overlay = DeploymentFiles.Yaml("infra/kubernetes/azure/kustomization.yaml");
        var read = ((YamlSequenceNode)overlay["replacements"]).Select(replacement => replacement["source"]["fieldPath"].ToString()["data.".Length..]).Order();

        Assert.Equal(read, DeploymentFiles.Variables("infra/kubernetes/azure/azure.env.example").Keys.Order());
        Assert.Equal(read, Written().Match(Script).Groups[1].Captures.Select(capture => capture.Value).Order());
        Assert.Subset(Outputs().Matches(Bicep).Select(match => match.Groups[1].Value).ToHashSet(), Used().Matches(Script).Select(match => match.Groups[1].Value).ToHashSet());
    }

    [Fact]
    public void Script_BuildsEveryImageOfTheOverlay() => Assert.Equal(
        DeploymentFiles.Variables("infra/kubernetes/azure/azure.env.example").Values.Where(value => value.Contains("/steptool-", StringComparison.Ordinal)).Select(value => value.Split("/steptool-")[1].Split(':')[0]).Order(),
        Built().Matches(Script).Select(match => match.Groups[1].Value).Order());

    private static string Default(string parameter) => Match($@"param {parameter} string = '(\w+)'");

    private static string Match(string pattern) => Assert.Single(Regex.Matches(Bicep, pattern)).Groups[1].Value;

    [GeneratedRegex(@"azure\.env <<END\n(?:([A-Z_]+)=.*\n)+END\n")]
    private static partial Regex Written();

    [GeneratedRegex(@"^(?:if \$gpu; then )?build ([\w-]+)(?:; fi)?$", RegexOptions.Multiline)]
    private static partial Regex Built();

    [GeneratedRegex(@"^output (\w+) ", RegexOptions.Multiline)]
    private static partial Regex Outputs();

    [GeneratedRegex(@"\$\(output (\w+)\)")]
    private static partial Regex Used();
}
