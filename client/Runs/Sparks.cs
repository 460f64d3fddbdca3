namespace StepTool.Client.Runs;

/// <summary>A curve as a row of blocks.</summary>
internal static class Sparks
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>One block a share, from 0 to 1.</summary>
    public static string Of(IEnumerable<double> shares) =>
        string.Concat(shares.Select(share => Blocks[Math.Clamp((int)(share * Blocks.Length), 0, Blocks.Length - 1)]));
}
