using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace StepTool.Core.Serialization;

/// <summary>
/// Source-generated contexts, with the initialisers of their records. Generated code knows no init-only property that the text leaves out, and sets it to default(T)
/// (dotnet/runtime#84484): a record of an older build would lose what its newer properties mean by default.
/// </summary>
public static class RecordForms
{
    private static readonly ConcurrentDictionary<JsonSerializerContext, JsonSerializerOptions> Known = new();

    /// <summary>The form of one of a context's types.</summary>
    public static JsonTypeInfo<T> Of<T>(this JsonSerializerContext context) => (JsonTypeInfo<T>)Options(context).GetTypeInfo(typeof(T));

    /// <summary>The forms of all of a context's types, under the options that it declares.</summary>
    public static JsonSerializerOptions Options(JsonSerializerContext context) => Known.GetOrAdd(context, static known =>
    {
        ArgumentNullException.ThrowIfNull(known);
        var options = new JsonSerializerOptions(known.Options) { TypeInfoResolver = Resolver(known) };
        options.MakeReadOnly();
        return options;
    });

    /// <summary>Resolves types by the first context that has them.</summary>
    public static IJsonTypeInfoResolver Resolver(params JsonSerializerContext[] contexts) => new Initialised(JsonTypeInfoResolver.Combine(contexts));

    /// <summary>Types with such a property get the form that reflection makes of the same attributes and options: it sets what the text has and nothing else.</summary>
    private sealed class Initialised(IJsonTypeInfoResolver generated) : IJsonTypeInfoResolver
    {
        private readonly DefaultJsonTypeInfoResolver _reflected = new();

        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options)
        {
            var form = generated.GetTypeInfo(type, options);
            return form?.Properties.Any(property => property is { AssociatedParameter.IsMemberInitializer: true, IsRequired: false }) is true
                ? _reflected.GetTypeInfo(type, options)
                : form;
        }
    }
}
