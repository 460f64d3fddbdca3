using System.Text;
using System.Text.Json;
using Orleans.Runtime;
using StepTool.Embedded.Calls;

namespace StepTool.Embedded.Gateway;

/// <summary>A grain's stream, read from the gateway line by line; leaving it closes the connection, which ends it in the grain.</summary>
internal sealed class GatewayStream<T>(GatewayRoute route, GrainReference to, StreamCall<T> call, CancellationToken callToken) : IAsyncEnumerable<T>
{
    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(callToken, cancellationToken);
        using var response = await route.PostAsync(to, call, either.Token);
        await using var body = await response.Content.ReadAsStreamAsync(either.Token);
        using var lines = new StreamReader(body, Encoding.UTF8);
        while (await ReadAsync(lines, either.Token) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty(WireNames.Fault, out var fault))
            {
                throw fault.Deserialize(WireJson.Default.WireFault)!.ToException();
            }

            if (!json.RootElement.TryGetProperty(WireNames.Item, out var item))
            {
                yield break;
            }

            yield return new ArgumentReader(new List<JsonElement> { item }.GetEnumerator(), route.Options).Read<T>();
        }

        throw route.Broken(new EndOfStreamException("The stream has no end mark."));
    }

    private async Task<string?> ReadAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadLineAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw route.Broken(exception);
        }
    }
}
