using System.Text.Json;
using System.Text.Json.Serialization;
using StepTool.Core.Worlds;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>Source-generated JSON of reports.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    UseStringEnumConverter = true,
    Converters = [typeof(SplitConverter)])]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;

internal sealed class SplitConverter() : JsonStringEnumConverter<Split>(JsonNamingPolicy.CamelCase);
