using StepTool.Client.CommandLine;
using StepTool.Client.Imports.Live;
using StepTool.Client.Imports.OpenApi;
using StepTool.Core.Worlds.Catalogues.Imports;
using StepTool.Core.Worlds.Recorded;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Catalogues;

/// <summary>Reads what a person names as a source of APIs.</summary>
internal static class ApiSources
{
    /// <summary>Forms of a source, for help and messages.</summary>
    public const string Forms = "an OpenAPI file (.json, .yaml, .yml), a folder of them, a folder in ToolBench's or StableToolBench's layout, mcp:NAME for an MCP server that the silo is configured with, or functions for those of the silo's host";

    private const string OpenApi = "openapi:";
    private const string ToolBench = "toolbench:";

    /// <summary>The source of a text: a path, or <c>openapi:PATH</c> and <c>toolbench:PATH</c> where its kind is not plain to see.</summary>
    /// <exception cref="Refusal">There is nothing of that name, or it is of no known kind.</exception>
    public static IApiSource Of(string text, Uri? server, IGrainFactory grains) =>
        text == LiveSource.Functions || text.StartsWith(LiveSource.Mcp, StringComparison.Ordinal) ? new LiveSource(text, grains.GetGrain<ILiveSourceGrain>(text))
        : text.StartsWith(ToolBench, StringComparison.Ordinal) ? new ToolBenchSource(Folder(text[ToolBench.Length..]))
        : text.StartsWith(OpenApi, StringComparison.Ordinal) ? new OpenApiSource(Existing(text[OpenApi.Length..]), server)
        : Directory.Exists(Existing(text)) && ToolBenchSource.IsIn(text) ? new ToolBenchSource(text)
        : Directory.Exists(text) || OpenApiFile.IsNamedLikeOne(text) ? new OpenApiSource(text, server)
        : throw Refusal.Usage($"SOURCE is '{text}', a file of no known kind; it must be {Forms}. Write openapi:{text} if it is an OpenAPI document all the same.");

    private static string Existing(string path) =>
        File.Exists(path) || Directory.Exists(path) ? path : throw Refusal.Usage($"SOURCE is '{path}', which does not exist; it must be {Forms}.");

    private static string Folder(string path) =>
        Directory.Exists(path) ? path : throw Refusal.Usage($"SOURCE is 'toolbench:{path}', and there is no such folder; it must be one in ToolBench's or StableToolBench's layout.");
}
