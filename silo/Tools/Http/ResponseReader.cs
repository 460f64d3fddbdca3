using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using StepTool.Core.Tools;

namespace StepTool.Silo.Tools.Http;

/// <summary>Reads a response up to a limit, whatever it is.</summary>
internal static class ResponseReader
{
    private const int MostReplaced = 10; // per cent of a text; more, and it is no text
    private static readonly string[] BinaryTypes = ["image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/gzip", "application/wasm"];

    /// <summary>The answer that a response is.</summary>
    /// <param name="response">The response, its head read.</param>
    /// <param name="limit">Most bytes, after decompression.</param>
    /// <param name="isFinal">Whether the call must not be repeated, so that a response that breaks off is an answer too.</param>
    /// <param name="now">The time, for a date in Retry-After.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="HttpRequestException">The connection broke.</exception>
    /// <exception cref="InvalidDataException">The compressed content is damaged.</exception>
    public static async ValueTask<Answered> ReadAsync(HttpResponseMessage response, int limit, bool isFinal, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (bytes, isCut) = await BytesAsync(response.Content, limit, isFinal, cancellationToken);
        var type = response.Content.Headers.ContentType;
        var status = (int)response.StatusCode;
        var (text, isBinary) = Text(bytes, type, isCut);
        return new Answered(Status(status), Error(response), isBinary ? AnswerText.Binary(AnswerText.Clean(type?.MediaType ?? ""), bytes.Length, isCut) : text)
        {
            HttpStatus = status,
            IsCut = isCut && !isBinary,
            IsTransient = status is 408 or 429 or >= 500,
            RetryAfter = RetryAfter(response.Headers.RetryAfter, now),
        };
    }

    private static async ValueTask<(ReadOnlyMemory<byte> Bytes, bool IsCut)> BytesAsync(HttpContent content, int limit, bool isFinal, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var (bytes, length) = (new byte[Math.Min(limit + 1, 16 << 10)], 0);
        try
        {
            for (int read; length <= limit && (read = await stream.ReadAsync(bytes.AsMemory(length), cancellationToken)) > 0;)
            {
                length += read;
                if (length == bytes.Length && length <= limit)
                {
                    Array.Resize(ref bytes, (int)Math.Min(limit + 1L, bytes.Length * 2L));
                }
            }
        }
        catch (Exception exception) when (isFinal && exception is IOException or HttpRequestException or InvalidDataException)
        {
            return (bytes.AsMemory(0, length), true); // its head says what became of the call
        }

        return (bytes.AsMemory(0, Math.Min(length, limit)), length > limit);
    }

    private static (string Text, bool IsBinary) Text(ReadOnlyMemory<byte> bytes, MediaTypeHeaderValue? type, bool isCut)
    {
        if (bytes.IsEmpty)
        {
            return ("", false);
        }

        if (type?.MediaType is { } media && Array.Exists(BinaryTypes, prefix => media.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) && !media.EndsWith("+xml", StringComparison.OrdinalIgnoreCase))
        {
            return ("", true);
        }

        var (encoding, preamble) = Encoding(bytes.Span, type?.CharSet);
        var characters = new char[encoding.GetMaxCharCount(bytes.Length)];
        var count = encoding.GetDecoder().GetChars(bytes.Span[preamble..], characters, flush: !isCut); // a cut character is left out
        var text = AnswerText.Clean(new string(characters, 0, count));
        return text.Count(character => character == '\uFFFD') * 100L > text.Length * (long)MostReplaced ? ("", true) : (text, false);
    }

    // A byte order mark says more than a header; what neither says is UTF-8.
    private static (Encoding Encoding, int Preamble) Encoding(ReadOnlySpan<byte> bytes, string? charset)
    {
        foreach (var marked in new[] { System.Text.Encoding.UTF8, System.Text.Encoding.UTF32, System.Text.Encoding.Unicode, System.Text.Encoding.BigEndianUnicode })
        {
            if (bytes.StartsWith(marked.Preamble))
            {
                return (marked, marked.Preamble.Length);
            }
        }

        try
        {
            var name = charset?.Trim('"', ' ');
            return (string.IsNullOrEmpty(name) ? System.Text.Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(name) ?? System.Text.Encoding.GetEncoding(name), 0);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return (System.Text.Encoding.UTF8, 0);
        }
    }

    private static string Error(HttpResponseMessage response) => response.IsSuccessStatusCode
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)response.StatusCode} {AnswerText.Clean(response.ReasonPhrase ?? "")}").TrimEnd();

    private static ToolStatus Status(int status) => status switch
    {
        >= 200 and < 300 => ToolStatus.Ok,
        (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden => ToolStatus.Unauthorised,
        (int)HttpStatusCode.NotFound => ToolStatus.NotFound,
        (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.GatewayTimeout => ToolStatus.TimedOut,
        (int)HttpStatusCode.TooManyRequests => ToolStatus.RateLimited,
        _ => ToolStatus.RequestError,
    };

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        var wait = header?.Delta ?? header?.Date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
