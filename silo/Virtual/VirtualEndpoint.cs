using System.Buffers;
using Microsoft.Extensions.ObjectPool;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using StepTool.Core.Storage;
using StepTool.Core.Tools;
using StepTool.Core.Virtual;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Core.Worlds.Recorded;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tools;

namespace StepTool.Silo.Virtual;

/// <summary>
/// <c>POST /virtual</c> as StableToolBench's clients call it. A recorded call is answered from this silo's own replica of the world, with bytes made once;
/// every other call goes to the API's grain, as an episode's would.
/// </summary>
internal sealed class VirtualEndpoint(VirtualWorlds worlds, IGrainFactory grains, IOptions<VirtualOptions> options, ObjectPool<VirtualRequest> requests)
{
    private const string Path = "/virtual";
    private const string PathOfWorld = "/worlds/{world}/virtual";
    private const string World = "world";
    private const string ProvenanceHeader = "X-StepTool-Provenance";
    private const string Json = "application/json";
    private const int LargestBody = 4 << 20;

    private static readonly VirtualReply NoWorld = VirtualReply.Refusal(
        StatusCodes.Status503ServiceUnavailable,
        "No world was imported yet. Import one with 'steptool tools import --data DIR --silo URL', or start the silo with --virtual-world REFERENCE.");

    private static readonly VirtualReply TooLong = VirtualReply.Refusal(
        StatusCodes.Status413PayloadTooLarge, $"The body is longer than {LargestBody} bytes. Send a shorter tool_input.");

    private static readonly VirtualReply NotPost = VirtualReply.Refusal(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed");

    /// <summary>Maps the world in use, and others by their reference.</summary>
    public static void Map(WebApplication app)
    {
        var endpoint = app.Services.GetRequiredService<VirtualEndpoint>();
        app.Map(Path, context => endpoint.HandleAsync(context, null));
        app.Map(PathOfWorld, context => endpoint.HandleAsync(context, (string?)context.Request.RouteValues[World]));
    }

    private async Task HandleAsync(HttpContext context, string? reference)
    {
        var request = requests.Get();
        try
        {
            Write(context.Response, await ReadAsync(context, request) ?? await AnswerAsync(context, reference, request));
        }
        finally
        {
            requests.Return(request);
        }
    }

    private static async ValueTask<VirtualReply?> ReadAsync(HttpContext context, VirtualRequest request)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return NotPost;
        }

        var length = context.Request.ContentLength;
        if (length > LargestBody)
        {
            return TooLong;
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            if (result.Buffer.Length > LargestBody)
            {
                reader.AdvanceTo(result.Buffer.End);
                return TooLong;
            }

            if (result.IsCompleted || result.Buffer.Length == length)
            {
                var reply = Read(result.Buffer, context.Request.ContentType, request);
                reader.AdvanceTo(result.Buffer.End);
                return reply;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static VirtualReply? Read(in ReadOnlySequence<byte> body, string? contentType, VirtualRequest request) =>
        request.Read(body.IsSingleSegment ? body.FirstSpan : body.ToArray(), IsJson(contentType));

    private static bool IsJson(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType) || contentType == Json)
        {
            return true;
        }

        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (end < 0 ? contentType : contentType.AsSpan(0, end)).Trim();
        return type.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
            && type.Count('/') == 1
            && (type.Equals(Json, StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
    }

    private async ValueTask<VirtualReply> AnswerAsync(HttpContext context, string? reference, VirtualRequest request)
    {
        try
        {
            var world = reference is null ? await worlds.CurrentAsync(context.RequestAborted) : await worlds.FindAsync(reference, context.RequestAborted);
            return world is not null ? world.Replies?.Find(request) ?? await CallAsync(world, request, context)
                : reference is null ? NoWorld
                : VirtualReply.Refusal(StatusCodes.Status404NotFound, $"No world '{reference}' was imported. Use the reference that 'steptool tools import' printed.");
        }
        catch (Exception exception) when (exception is StorageException or RecordedWorldException or CatalogueException or TimeoutException)
        {
            return VirtualReply.Refusal(StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
    }

    private async ValueTask<VirtualReply> CallAsync(ServedWorld world, VirtualRequest request, HttpContext context)
    {
        if (!TryName(world, request.Path, out var api) && !TryName(world, request.WholePath, out api))
        {
            return VirtualReply.Unknown;
        }

        var arguments = CanonicalArguments.TryFromJson(request.Json, out var canonical, out _) ? canonical : request.Json;
        var called = new ToolRequest(new ToolCall(api, arguments), $"virtual/{Guid.NewGuid():N}#0", 0, options.Value.Mode);
        ToolReply reply;
        try
        {
            reply = await grains.GetGrain<IToolApiGrain>(ToolApiKey.Of(world.Reference, api)).CallAsync(called, context.RequestAborted);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException && !LostCall.WasTurnedAway(exception) && called.Mode.IsLive && Mutates(world, api))
        {
            reply = new ToolFaulted(new ToolFault(ToolFaultKind.OutcomeUnknown, $"{api} may have been called: {exception.Message}"));
        }

        return reply switch
        {
            ToolAnswer answer => VirtualReply.Of(answer),
            ToolDeferred deferred => Defer(deferred, context.Response),
            ToolFaulted { Fault.Kind: ToolFaultKind.NotRecorded } => VirtualReply.Unknown,
            ToolFaulted { Fault: var fault } => VirtualReply.Refusal(
                fault.Kind is ToolFaultKind.TimedOut or ToolFaultKind.OutcomeUnknown ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status502BadGateway, $"{fault.Kind}: {fault.Message}"),
            _ => throw new InvalidOperationException($"A reply of type {reply.GetType().Name} is not known."),
        };
    }

    private static VirtualReply Defer(ToolDeferred deferred, HttpResponse response)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(deferred.Wait.TotalSeconds));
        response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return VirtualReply.Refusal(StatusCodes.Status503ServiceUnavailable, $"The API's limit is reached; ask again in {seconds} s.");
    }

    private static bool Mutates(ServedWorld world, ApiKey api) => world.World.TryDescribe(api, out var documentation) && documentation.Mutates;

    private static bool TryName(ServedWorld world, ReadOnlySpan<char> path, out ApiKey api) =>
        ApiKey.TryParse(path.ToString(), out api) && world.World.TryDescribe(api, out _);

    private static void Write(HttpResponse response, VirtualReply reply)
    {
        response.StatusCode = reply.Status;
        response.ContentType = Json;
        response.ContentLength = reply.Body.Length;
        if (reply.Provenance is { } provenance)
        {
            response.Headers[ProvenanceHeader] = Label(provenance);
        }

        response.BodyWriter.Write(reply.Body.Span); // flushed with the end of the response
    }

    private static string Label(Provenance provenance) => provenance switch
    {
        Provenance.Recorded => "recorded",
        Provenance.Real => "real",
        Provenance.SimulatedNearest => "simulated-nearest",
        Provenance.SimulatedTemplate => "simulated-template",
        Provenance.SimulatedSchema => "simulated-schema",
        Provenance.Cached => "cached",
        _ => "world",
    };
}
