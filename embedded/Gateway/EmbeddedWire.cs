using System.Text.Json;

namespace StepTool.Embedded.Gateway;

/// <summary>The one JSON form of arguments, results and states; the options carry the contexts of every contract type.</summary>
/// <param name="Options">Register them as a service before the engine or the client is added, to replace the reflection defaults.</param>
public sealed record EmbeddedWire(JsonSerializerOptions Options);
