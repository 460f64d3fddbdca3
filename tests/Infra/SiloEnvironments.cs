using System.Text.RegularExpressions;
using k8s.Models;

namespace StepTool.Tests.Infra;

/// <summary>What each deployment tells a silo by its environment, with what a person fills in filled in.</summary>
internal static partial class SiloEnvironments
{
    public const string Key = "0123456789abcdef0123456789abcdef";

    private const string Kubernetes = "infra/kubernetes";

    public static IReadOnlyDictionary<string, Dictionary<string, string>> All { get; } = new Dictionary<string, Dictionary<string, string>>
    {
        ["compose silo"] = OfCompose("silo"),
        ["compose gpu-silo"] = OfCompose("gpu-silo"),
        ["image silo"] = OfImage("silo"),
        ["image gpu-silo"] = OfImage("gpu-silo"),
        ["kubernetes silo"] = OfKubernetes("steptool-silo", Secret()),
        ["kubernetes gpu-silo"] = OfKubernetes("steptool-gpu-silo", Secret()),
        ["azure silo"] = OfKubernetes("steptool-silo", OfAzure()),
        ["azure gpu-silo"] = OfKubernetes("steptool-gpu-silo", OfAzure()),
    };

    private static Dictionary<string, string> OfCompose(string service) => DeploymentFiles.Map(DeploymentFiles.Services[service]["environment"])
        .ToDictionary(pair => pair.Key, pair => Required().Replace(pair.Value.ToString(), Key));

    // The key is given to docker run.
    private static Dictionary<string, string> OfImage(string stage) => DeploymentFiles.Stages()[stage].Where(line => line.StartsWith("ENV ", StringComparison.Ordinal))
        .SelectMany(line => line["ENV ".Length..].Split(' '))
        .Where(pair => pair.StartsWith("StepTool__", StringComparison.Ordinal))
        .Append($"StepTool__ApiKey={Key}")
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1]);

    private static Dictionary<string, string> OfKubernetes(string deployment, IEnumerable<KeyValuePair<string, string>> filled) =>
        DeploymentFiles.Variables($"{Kubernetes}/base/settings.env").Concat(filled)
            .Concat(DeploymentFiles.One<V1Deployment>(deployment).Spec.Template.Spec.Containers[0].Env
                .Select(variable => KeyValuePair.Create(variable.Name, variable.Value ?? FromField(variable.ValueFrom.FieldRef.FieldPath))))
            .ToDictionary(pair => pair.Key, pair => pair.Value);

    private static string FromField(string path) => path switch
    {
        "status.podIP" => "10.1.2.3",
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "This test knows no value of that field."),
    };

    private static IEnumerable<KeyValuePair<string, string>> Secret() => DeploymentFiles.Variables($"{Kubernetes}/secret.env.example").Select(pair =>
        KeyValuePair.Create(pair.Key, pair.Key.EndsWith("ConnectionString", StringComparison.Ordinal) ? "UseDevelopmentStorage=true" : Key));

    // What Azure's overlay puts into the silos' map, from what the deployment wrote.
    private static IEnumerable<KeyValuePair<string, string>> OfAzure()
    {
        var outputs = DeploymentFiles.Variables($"{Kubernetes}/azure/azure.env.example");
        var written = from replacement in (YamlDotNet.RepresentationModel.YamlSequenceNode)DeploymentFiles.Yaml($"{Kubernetes}/azure/kustomization.yaml")["replacements"]
                      let output = replacement["source"]["fieldPath"].ToString()["data.".Length..]
                      let target = replacement["targets"][0]["fieldPaths"][0].ToString()
                      where target.StartsWith("data.", StringComparison.Ordinal)
                      select KeyValuePair.Create(target["data.".Length..], outputs[output]);
        return written.Append(KeyValuePair.Create("StepTool__ApiKey", Key));
    }

    [GeneratedRegex(@"\$\{\w+:\?[^}]*\}")]
    private static partial Regex Required();
}
