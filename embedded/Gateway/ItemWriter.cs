using System.IO.Pipelines;
using System.Text.Json;

namespace StepTool.Embedded.Gateway;

/// <summary>Writes a stream's items as they come, a line each.</summary>
internal sealed class ItemWriter(PipeWriter output, JsonSerializerOptions options)
{
    internal async Task WriteAsync<T>(T item, CancellationToken cancellationToken)
    {
        using (var json = Begin(WireNames.Item))
        {
            new ArgumentWriter(json, options).Write(item);
            json.WriteEndObject();
        }

        await FlushAsync(cancellationToken);
    }

    internal async Task EndAsync(CancellationToken cancellationToken)
    {
        using (var json = Begin(WireNames.End))
        {
            json.WriteBooleanValue(true);
            json.WriteEndObject();
        }

        await FlushAsync(cancellationToken);
    }

    internal async Task FailAsync(Exception exception, CancellationToken cancellationToken)
    {
        using (var json = Begin(WireNames.Fault))
        {
            JsonSerializer.Serialize(json, WireFault.Of(exception), WireJson.Default.WireFault);
            json.WriteEndObject();
        }

        await FlushAsync(cancellationToken);
    }

    private Utf8JsonWriter Begin(string member)
    {
        var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = options.Encoder });
        json.WriteStartObject();
        json.WritePropertyName(member);
        return json;
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        output.GetSpan(1)[0] = (byte)'\n';
        output.Advance(1);
        await output.FlushAsync(cancellationToken);
    }
}
