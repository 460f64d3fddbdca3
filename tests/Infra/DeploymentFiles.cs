using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace StepTool.Tests.Infra;

/// <summary>The deployment files of this repository, as their tests read them.</summary>
internal static partial class DeploymentFiles
{
    private const string Base = "infra/kubernetes/base";

    private static readonly Dictionary<string, Type> KedaTypes = new()
    {
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject),
        ["keda.sh/v1alpha1/TriggerAuthentication"] = typeof(TriggerAuthentication),
    };

    public static string Root { get; } = FindRoot();

    /// <summary>Every object of the base, read strictly: a field that Kubernetes or KEDA does not have is an error.</summary>
    public static IReadOnlyList<object> Objects { get; } = [.. Resources("base").SelectMany(file => Load($"{Base}/{file}"))];

    /// <summary>The services of the compose file.</summary>
    public static Dictionary<string, Dictionary<string, YamlNode>> Services { get; } = Map(Yaml("infra/docker/compose.yaml")["services"]).ToDictionary(pair => pair.Key, pair => Map(pair.Value));

    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The one object of a kind by its name.</summary>
    public static T One<T>(string name)
        where T : IMetadata<V1ObjectMeta> => Assert.Single(Objects.OfType<T>(), found => found.Metadata.Name == name);

    public static IReadOnlyList<object> Load(string path) => KubernetesYaml.LoadAllFromString(Text(path), KedaTypes, strict: true);

    /// <summary>The resources that a kustomization of infra/kubernetes lists.</summary>
    public static IEnumerable<string> Resources(string folder) => Strings(Yaml($"infra/kubernetes/{folder}/kustomization.yaml")["resources"]);

    public static YamlNode Yaml(string path)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Text(path)));
        return Assert.Single(stream.Documents).RootNode;
    }

    public static IEnumerable<string> Strings(YamlNode sequence) => ((YamlSequenceNode)sequence).Select(node => node.ToString());

    /// <summary>A mapping with what it merges in, its own keys before merged ones.</summary>
    public static Dictionary<string, YamlNode> Map(YamlNode mapping)
    {
        var own = ((YamlMappingNode)mapping).ToDictionary(pair => pair.Key.ToString(), pair => pair.Value);
        return own.Remove("<<", out var merged) ? own.Concat(Map(merged).Where(pair => !own.ContainsKey(pair.Key))).ToDictionary() : own;
    }

    /// <summary>The variables of a file of KEY=VALUE lines.</summary>
    public static Dictionary<string, string> Variables(string path) => Text(path).Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>The instructions of each stage of the Dockerfile, by the stage's name, continuation lines joined.</summary>
    public static Dictionary<string, string[]> Stages() => StageStart().Split(Text("infra/docker/Dockerfile").Replace("\\\n", " ", StringComparison.Ordinal)).Skip(1)
        .Chunk(2).ToDictionary(part => part[0], part => part[1].Split('\n', StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"^FROM .* AS (\S+)$", RegexOptions.Multiline)]
    private static partial Regex StageStart();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "StepTool.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No StepTool.sln is above {AppContext.BaseDirectory}.");
    }
}
