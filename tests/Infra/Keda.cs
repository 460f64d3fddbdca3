using k8s;
using k8s.Models;

namespace StepTool.Tests.Infra;

/// <summary>What infra/kubernetes uses of KEDA's ScaledObject; reading it strictly refuses what is not here.</summary>
internal sealed class ScaledObject : IKubernetesObject, IMetadata<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public ScaledObjectSpec Spec { get; set; } = new();

    internal sealed class ScaledObjectSpec
    {
        public NameReference ScaleTargetRef { get; set; } = new();

        public int PollingInterval { get; set; }

        public int CooldownPeriod { get; set; }

        public int MinReplicaCount { get; set; }

        public int MaxReplicaCount { get; set; }

        public AdvancedConfiguration? Advanced { get; set; }

        public List<Trigger> Triggers { get; set; } = [];
    }

    internal sealed class AdvancedConfiguration
    {
        public AutoscalerConfiguration HorizontalPodAutoscalerConfig { get; set; } = new();
    }

    internal sealed class AutoscalerConfiguration
    {
        public V2HorizontalPodAutoscalerBehavior Behavior { get; set; } = new();
    }

    internal sealed class Trigger
    {
        public string Type { get; set; } = "";

        public string MetricType { get; set; } = "";

        public MetricsApi Metadata { get; set; } = new();

        public NameReference AuthenticationRef { get; set; } = new();
    }

    /// <summary>The metadata of the metrics-api trigger.</summary>
    internal sealed class MetricsApi
    {
        public string Url { get; set; } = "";

        public string ValueLocation { get; set; } = "";

        public string TargetValue { get; set; } = "";

        public string AuthMode { get; set; } = "";

        public string Method { get; set; } = "";

        public string KeyParamName { get; set; } = "";
    }

    internal sealed class NameReference
    {
        public string Name { get; set; } = "";
    }
}

/// <summary>What infra/kubernetes uses of KEDA's TriggerAuthentication.</summary>
internal sealed class TriggerAuthentication : IKubernetesObject, IMetadata<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public TriggerAuthenticationSpec Spec { get; set; } = new();

    internal sealed class TriggerAuthenticationSpec
    {
        public List<SecretTarget> SecretTargetRef { get; set; } = [];
    }

    internal sealed class SecretTarget
    {
        public string Parameter { get; set; } = "";

        public string Name { get; set; } = "";

        public string Key { get; set; } = "";
    }
}
