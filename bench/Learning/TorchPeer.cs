using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using StepTool.Core.Features;

namespace StepTool.Bench.Learning;

/// <summary>What PyTorch takes for the same work on this machine, in a process of its own.</summary>
/// <param name="Version">PyTorch's version.</param>
/// <param name="Blas">The library and kernels that its products run on.</param>
/// <param name="Seconds">Its best seconds by name.</param>
internal sealed record TorchPeer(string Version, string Blas, IReadOnlyDictionary<string, double> Seconds)
{
    /// <summary>Runs <c>peer.py</c> with a Python that has PyTorch; null where there is none.</summary>
    internal static TorchPeer? Measure(int threads, double seconds)
    {
        foreach (var python in (string[])["python3", "/usr/bin/python3"])
        {
            string[] numbers = [.. ((double[])[threads, seconds, FeatureExtractor.CandidateSize, FeatureExtractor.SituationSize]).Select(number => number.ToString(CultureInfo.InvariantCulture))];
            var start = new ProcessStartInfo(python, ["-", .. numbers]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment.Remove("OPENBLAS_CORETYPE"); // a peer has the kernels that its library finds best for this processor

            try
            {
                using var process = Process.Start(start)!;
                _ = process.StandardError.ReadToEndAsync();
                using (var script = typeof(TorchPeer).Assembly.GetManifestResourceStream("peer.py")!)
                {
                    script.CopyTo(process.StandardInput.BaseStream);
                }

                process.StandardInput.Close();
                var output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0)
                {
                    return Read(JsonElement.Parse(output));
                }
            }
            catch (Win32Exception)
            {
                continue; // there is no such Python
            }
            catch (IOException)
            {
                continue; // it ended before it had read the script
            }
        }

        return null;
    }

    private static TorchPeer Read(JsonElement results) => new(
        results.GetProperty("version").GetString()!,
        results.GetProperty("blas").GetString()!,
        results.EnumerateObject().Where(result => result.Value.ValueKind == JsonValueKind.Number).ToDictionary(result => result.Name, result => result.Value.GetDouble()));
}
