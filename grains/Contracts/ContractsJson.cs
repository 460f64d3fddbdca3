using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Grains.Contracts;

/// <summary>The wire form of all that crosses a grain call.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(long?))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(ImmutableArray<string>))]
[JsonSerializable(typeof(ImmutableArray<int>))]
[JsonSerializable(typeof(Episode))]
[JsonSerializable(typeof(ImmutableArray<EpisodeId>))]
[JsonSerializable(typeof(EpisodeId))]
[JsonSerializable(typeof(RunPlan))]
[JsonSerializable(typeof(RunStatus))]
[JsonSerializable(typeof(RolloutSpec))]
[JsonSerializable(typeof(OrdinalSet))]
[JsonSerializable(typeof(ToolRequest))]
[JsonSerializable(typeof(ToolReply))]
[JsonSerializable(typeof(ToolStatistics))]
[JsonSerializable(typeof(HostDemand))]
[JsonSerializable(typeof(HostLease))]
[JsonSerializable(typeof(LiveListing))]
[JsonSerializable(typeof(TrainingSettings))]
[JsonSerializable(typeof(ImmutableArray<AgentTask>))]
[JsonSerializable(typeof(TaskBatch))]
[JsonSerializable(typeof(TasksAdded))]
[JsonSerializable(typeof(RolloutOutcome))]
[JsonSerializable(typeof(ImmutableArray<RolloutOutcome>))]
[JsonSerializable(typeof(OutcomePage))]
[JsonSerializable(typeof(ResumedEpisodes))]
[JsonSerializable(typeof(RunEntry))]
[JsonSerializable(typeof(ImmutableArray<RunEntry>))]
[JsonSerializable(typeof(CatalogueName))]
[JsonSerializable(typeof(ImmutableArray<CatalogueName>))]
[JsonSerializable(typeof(QueueDepth))]
[JsonSerializable(typeof(SiloLoad))]
[JsonSerializable(typeof(TrainerLoad))]
[JsonSerializable(typeof(ClusterLoad))]
[JsonSerializable(typeof(TransitionEntry))]
[JsonSerializable(typeof(ImmutableArray<TransitionEntry>))]
[JsonSerializable(typeof(TrainingOrder))]
[JsonSerializable(typeof(TrainerStatus))]
[JsonSerializable(typeof(PolicyHead))]
[JsonSerializable(typeof(PolicyManifest))]
[JsonSerializable(typeof(ImmutableArray<PolicyManifest>))]
[JsonSerializable(typeof(GateResult))]
[JsonSerializable(typeof(PolicyHistory))]
public sealed partial class ContractsJson : JsonSerializerContext;
