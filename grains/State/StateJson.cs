using System.Text.Json.Serialization;
using StepTool.Grains.Policies;
using StepTool.Grains.Queue;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Grains.Tools.Answers;
using StepTool.Grains.Training;
using StepTool.Grains.Transitions;
using StepTool.Grains.Worlds;

namespace StepTool.Grains.State;

/// <summary>The stored form of all grain state.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TaskState))]
[JsonSerializable(typeof(RunState))]
[JsonSerializable(typeof(RunIndexState))]
[JsonSerializable(typeof(WorldIndexState))]
[JsonSerializable(typeof(QueueState))]
[JsonSerializable(typeof(TransitionLogState))]
[JsonSerializable(typeof(PolicyState))]
[JsonSerializable(typeof(TrainerState))]
[JsonSerializable(typeof(CatalogueIndexState))]
[JsonSerializable(typeof(KeptAnswer))]
internal sealed partial class StateJson : JsonSerializerContext;
