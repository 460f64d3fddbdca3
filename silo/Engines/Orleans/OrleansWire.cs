using System.Text.Json;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Serializers;
using StepTool.Grains.Hosting;

namespace StepTool.Silo.Engines;

/// <summary>The project's one JSON form for Orleans, on silos and clients alike: its records, and exceptions with their messages.</summary>
public static class OrleansWire
{
    /// <summary>Registers it.</summary>
    public static IServiceCollection AddOrleansWire(this IServiceCollection services)
    {
        // The codec writes by a writer of its own, which has to be told how to escape; the source-generated code needs no validation.
        var writing = new JsonWriterOptions { Encoder = Wire.Messages.Encoder, SkipValidation = true };
        services.AddSerializer(builder => builder.AddJsonSerializer(
            IsRecord, isCopyable: null, options => options.Configure(json => (json.SerializerOptions, json.WriterOptions) = (Wire.Messages, writing))));
        services.AddSingleton<ITypeFilter, RecordTypes>();
        services.AddSingleton<IGeneralizedCopier, ShareImmutableRecords>();
        return services.Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add("StepTool."));
    }

    internal static bool IsRecord(Type type) =>
        type.Namespace is { } name
        && (name.StartsWith("StepTool.Core", StringComparison.Ordinal) || name.StartsWith("StepTool.Grains.Contracts", StringComparison.Ordinal))
        && !typeof(Exception).IsAssignableFrom(type) && !type.IsInterface;

    // The JSON codec skips abstract records; without this their calls fail with "is not allowed".
    private sealed class RecordTypes : ITypeFilter
    {
        public bool? IsTypeAllowed(Type type) => IsRecord(type) ? true : null;
    }

    // Records are immutable: calls within a silo share them.
    private sealed class ShareImmutableRecords : IGeneralizedCopier, IOptionalDeepCopier
    {
        public bool IsSupportedType(Type type) => IsRecord(type) && !type.IsAbstract;

        public object? DeepCopy(object? input, CopyContext context) => input;

        public bool IsShallowCopyable() => true;
    }
}
