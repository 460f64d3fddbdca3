using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using StepTool.Core.Storage;

namespace StepTool.Silo.Api;

/// <summary>Blobs by their hash: worlds on their way in, policies and trajectories on their way out.</summary>
internal static partial class BlobEndpoints
{
    private const long LargestBlob = 2L << 30;
    private const string Route = "/api/blobs/{hash}";
    private const string Binary = "application/octet-stream";

    /// <summary>Maps GET, HEAD and PUT.</summary>
    public static void MapBlobs(this WebApplication app)
    {
        app.MapGet(Route, GetAsync);
        app.MapMethods(Route, [HttpMethods.Head], HeadAsync);
        app.MapPut(Route, PutAsync);
    }

    private static async Task<IResult> GetAsync(string hash, IBlobStore blobs, CancellationToken cancellationToken) =>
        !IsHash(hash) ? NoHash(hash)
        : await blobs.ExistsAsync(hash, cancellationToken) ? Results.Bytes(await blobs.GetAsync(hash, cancellationToken), Binary)
        : ApiFaults.Refusal(StatusCodes.Status404NotFound, $"There is no blob {hash}.");

    private static async Task<IResult> HeadAsync(string hash, IBlobStore blobs, CancellationToken cancellationToken) =>
        IsHash(hash) && await blobs.ExistsAsync(hash, cancellationToken) ? Results.Ok() : Results.StatusCode(StatusCodes.Status404NotFound);

    private static async Task<IResult> PutAsync(string hash, HttpRequest request, IBlobStore blobs, CancellationToken cancellationToken)
    {
        if (!IsHash(hash))
        {
            return NoHash(hash);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LargestBlob;
        }

        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancellationToken);
        var stored = await blobs.PutAsync(content.GetBuffer().AsMemory(0, (int)content.Length), cancellationToken);
        return stored == hash ? Results.NoContent() : ApiFaults.Refusal(StatusCodes.Status400BadRequest, $"The content has the hash {stored}, not {hash}; it was cut or changed on its way. Send it again.");
    }

    private static IResult NoHash(string text) => ApiFaults.Refusal(StatusCodes.Status400BadRequest, $"'{text}' is no SHA-256; give 64 lower-case hexadecimal digits.");

    private static bool IsHash(string text) => Hash().IsMatch(text);

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Hash();
}
