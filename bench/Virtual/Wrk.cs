using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace StepTool.Bench.Virtual;

/// <summary>The load generator <c>wrk</c>, where it is installed: a second opinion that takes less of the machine.</summary>
internal static partial class Wrk
{
    /// <summary>Requests a second; null where there is no wrk.</summary>
    internal static async Task<double?> MeasureAsync(Uri url, ImmutableArray<VirtualCall> calls, int connections, TimeSpan duration)
    {
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, Script(url, calls));
        try
        {
            using var wrk = Process.Start(new ProcessStartInfo(
                "wrk", ["-t1", $"-c{connections}", string.Create(CultureInfo.InvariantCulture, $"-d{duration.TotalSeconds:0}s"), "-s", script, url.ToString()])
            {
                RedirectStandardOutput = true,
            })!;
            var output = await wrk.StandardOutput.ReadToEndAsync();
            await wrk.WaitForExitAsync();
            return PerSecond().Match(output) is { Success: true } match && !output.Contains("Non-2xx", StringComparison.Ordinal)
                ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"wrk says: {output}");
        }
        catch (Win32Exception) // not installed
        {
            return null;
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static string Script(Uri url, ImmutableArray<VirtualCall> calls)
    {
        var text = new StringBuilder("local bodies = {\n");
        foreach (var call in calls)
        {
            text.Append("[==[").Append(Encoding.UTF8.GetString(call.Body)).Append("]==],\n");
        }

        return text.Append("}\nlocal requests, next = {}, 0\nfunction init()\n  for index, body in ipairs(bodies) do\n")
            .Append(CultureInfo.InvariantCulture, $"    requests[index] = wrk.format('POST', '{url.PathAndQuery}', {{['Content-Type'] = 'application/json'}}, body)\n")
            .Append("  end\nend\nfunction request()\n  next = next % #requests + 1\n  return requests[next]\nend\n").ToString();
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex PerSecond();
}
