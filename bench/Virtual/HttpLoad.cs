using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace StepTool.Bench.Virtual;

/// <summary>
/// Sends calls over kept connections, each its next one as soon as it has its answer, and compares every answer with what was recorded. On plain
/// sockets with requests made beforehand, so that the server gets as much of the machine as can be.
/// </summary>
internal static class HttpLoad
{
    /// <summary>Measures for a time, after a warm-up of half of it.</summary>
    internal static async Task<LoadResult> MeasureAsync(Uri url, ImmutableArray<VirtualCall> calls, int connections, TimeSpan duration)
    {
        var requests = calls.Select(call => (Request: Request(url, call.Body), call.Answer)).ToArray();
        _ = await DriveAsync(url, requests, connections, duration / 2);
        return await DriveAsync(url, requests, connections, duration);
    }

    private static async Task<LoadResult> DriveAsync(Uri url, (byte[] Request, byte[] Answer)[] requests, int connections, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var latencies = await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(() =>
            ConnectionAsync(url, requests, connection * requests.Length / connections, started + (long)(duration.TotalSeconds * Stopwatch.Frequency)))));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var sorted = latencies.SelectMany(list => list).Order().ToArray();
        return new LoadResult(sorted.Length / seconds, Microseconds(sorted, 0.5), Microseconds(sorted, 0.99));
    }

    private static async Task<List<long>> ConnectionAsync(Uri url, (byte[] Request, byte[] Answer)[] requests, int first, long end)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(url.Host, url.Port);
        var buffer = new byte[64 * 1024];
        var latencies = new List<long>(100_000);
        for (var index = first; ; index++)
        {
            var (request, answer) = requests[index % requests.Length];
            var sent = Stopwatch.GetTimestamp();
            if (sent >= end)
            {
                return latencies;
            }

            await socket.SendAsync(request);
            var length = 0;
            int whole;
            do
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(length));
                length += received > 0 ? received : throw new InvalidOperationException($"{url} closed a connection.");
                whole = WholeLength(buffer.AsSpan(0, length));
            }
            while (length < whole);

            latencies.Add(Stopwatch.GetTimestamp() - sent);
            if (!buffer.AsSpan(0, length).EndsWith(answer))
            {
                throw new InvalidOperationException($"{url} gave another answer than was recorded: {Encoding.UTF8.GetString(buffer, 0, length)}");
            }
        }
    }

    // Head and body; longer than anything while the head is not whole.
    private static int WholeLength(ReadOnlySpan<byte> response)
    {
        var head = response.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return int.MaxValue;
        }

        var at = response.IndexOf("ontent-"u8);
        while (at >= 0 && !response[at..].StartsWith("ontent-Length: "u8) && !response[at..].StartsWith("ontent-length: "u8))
        {
            var next = response[(at + 1)..head].IndexOf("ontent-"u8);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return at >= 0 && Utf8Parser.TryParse(response[(at + "ontent-Length: ".Length)..], out int length, out _)
            ? head + 4 + length
            : throw new InvalidOperationException($"A response has no length: {Encoding.UTF8.GetString(response)}");
    }

    private static byte[] Request(Uri url, byte[] body) =>
    [
        .. Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n")),
        .. body,
    ];

    private static double Microseconds(long[] sorted, double share) =>
        sorted.Length == 0 ? double.NaN : sorted[(int)((sorted.Length - 1) * share)] * 1e6 / Stopwatch.Frequency;
}

/// <summary>What a load came to.</summary>
/// <param name="PerSecond">Requests a second.</param>
/// <param name="MedianMicroseconds">Half of the requests were answered within.</param>
/// <param name="SlowMicroseconds">99 of 100 were answered within.</param>
internal sealed record LoadResult(double PerSecond, double MedianMicroseconds, double SlowMicroseconds);
