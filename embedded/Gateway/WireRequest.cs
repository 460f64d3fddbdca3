using System.Text.Json;
using System.Text.Json.Serialization;

namespace StepTool.Embedded.Gateway;

/// <summary>A call on the wire.</summary>
/// <param name="Interface">Full name of the grain interface.</param>
/// <param name="Method">Name and parameter types, which tell overloads apart.</param>
/// <param name="Grain">The grain's type as the caller knows it; the interface decides where it is none of the silo's.</param>
/// <param name="Key">The grain's key.</param>
/// <param name="Context">The texts of the <see cref="Orleans.Runtime.RequestContext"/>.</param>
/// <param name="Arguments">The arguments in order, without the cancellation token.</param>
internal sealed record WireRequest(string Interface, string Method, string Grain, string Key, IReadOnlyDictionary<string, string>? Context, IReadOnlyList<JsonElement> Arguments);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(WireRequest))]
[JsonSerializable(typeof(WireFault))]
internal sealed partial class WireJson : JsonSerializerContext;
