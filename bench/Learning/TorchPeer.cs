using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace StepTool.Bench.Learning;

/// <summary>PyTorch as a peer, where a Python that has it is installed: the same step and product, timed by itself in a process of its own.</summary>
internal static class TorchPeer
{
    private const string Script = """
        import json, sys, time
        import torch
        threads, seconds = int(sys.argv[1]), float(sys.argv[2])
        torch.set_num_threads(threads)
        def best(action):
            for _ in range(10): action()
            least, end = 1e9, time.perf_counter() + seconds
            while time.perf_counter() < end:
                begin = time.perf_counter(); action(); least = min(least, time.perf_counter() - begin)
            return least
        def step(rows):
            model = torch.nn.Sequential(torch.nn.Linear(256, 512), torch.nn.SiLU(), torch.nn.Linear(512, 512), torch.nn.SiLU(), torch.nn.Linear(512, 1))
            optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
            x, y = torch.randn(rows, 256), torch.randn(rows, 1)
            def run():
                optimiser.zero_grad()
                torch.nn.functional.mse_loss(model(x), y).backward()
                optimiser.step()
            return best(run)
        left, right = torch.randn(1024, 1024), torch.randn(1024, 1024)
        print(json.dumps({"version": torch.__version__, "256": step(256), "32": step(32), "1": step(1), "product": best(lambda: left @ right)}))
        """;

    /// <summary>PyTorch's best seconds by name, with its version; null where there is none.</summary>
    internal static JsonElement? Measure(int threads, double seconds)
    {
        foreach (var python in (string[])["python3", "/usr/bin/python3"])
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(python, ["-c", Script, $"{threads}", $"{seconds}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
                _ = process.StandardError.ReadToEndAsync();
                var output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0)
                {
                    return JsonElement.Parse(output);
                }
            }
            catch (Win32Exception)
            {
                continue; // there is no such Python
            }
        }

        return null;
    }
}
