using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Serialization;

/// <summary>The one JSON form of the domain's records, in storage and on the wire.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Episode))]
[JsonSerializable(typeof(AgentTask))]
[JsonSerializable(typeof(ImmutableArray<AgentTask>))]
[JsonSerializable(typeof(RunPlan))]
[JsonSerializable(typeof(RunStatus))]
[JsonSerializable(typeof(RolloutSpec))]
[JsonSerializable(typeof(ToolReply))]
[JsonSerializable(typeof(ApiDefinition))]
public sealed partial class CoreJson : JsonSerializerContext;
