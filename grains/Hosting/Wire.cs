using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using StepTool.Core.Serialization;
using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Hosting;

/// <summary>The one JSON form of messages and state, by source-generated contexts.</summary>
public static class Wire
{
    /// <summary>Options for messages: contracts and the domain's records.</summary>
    public static JsonSerializerOptions Messages { get; } = Combine(ContractsJson.Default, CoreJson.Default);

    /// <summary>Options for grain state.</summary>
    public static JsonSerializerOptions State { get; } = Combine(StateJson.Default, ContractsJson.Default, CoreJson.Default);

    // Answers of tools are JSON in JSON: a quote costs two bytes instead of the six that only text inside HTML needs.
    private static JsonSerializerOptions Combine(params JsonSerializerContext[] contexts)
    {
        var options = new JsonSerializerOptions(ContractsJson.Default.Options)
        {
            TypeInfoResolver = RecordForms.Resolver(contexts),
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.MakeReadOnly();
        return options;
    }
}
