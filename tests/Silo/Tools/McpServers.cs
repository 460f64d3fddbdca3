using System.Diagnostics;
using StepTool.Tests.Infra;
using Xunit;

namespace StepTool.Tests.Silo.Tools;

/// <summary>The MCP servers of infra/mcp, and one of the tests' own.</summary>
internal static class McpServers
{
    private static readonly string Modules = Path.Combine(DeploymentFiles.Root, "infra", "mcp", "node_modules");

    /// <summary>Why a server cannot be started; null where it can.</summary>
    public static string? NodeMissing { get; } = HasNode() ? null : "No Node.js: 'node' is not on the PATH.";

    /// <summary>Why the servers of infra/mcp cannot be started; null where they can.</summary>
    public static string? Missing { get; } = NodeMissing ?? (File.Exists(Path.Combine(Modules, ".package-lock.json")) ? null : "No MCP servers: run infra/mcp/install.sh.");

    public static Dictionary<string, string?> Everything => Server("everything", Script("@modelcontextprotocol/server-everything"), "stdio");

    public static Dictionary<string, string?> Memory(string file) => new(Server("memory", Script("@modelcontextprotocol/server-memory"))) { ["McpServers:memory:Environment:MEMORY_FILE_PATH"] = file };

    public static Dictionary<string, string?> Files(string folder) => Server("files", Script("@modelcontextprotocol/server-filesystem"), folder);

    public static Dictionary<string, string?> Calc => new(Server("calc", Script("@coo-quack/calc-mcp"))) { ["McpServers:calc:IsSafe"] = "true" };

    public static Dictionary<string, string?> Unruly(string journal, params string[] habits) => Server("unruly", [Path.Combine(DeploymentFiles.Root, "tests", "Silo", "Tools", "unruly-mcp.mjs"), journal, .. habits]);

    public static string Script(string package) => Path.Combine([Modules, .. package.Split('/'), "dist", "index.js"]);

    private static Dictionary<string, string?> Server(string name, params string[] arguments) => new(
        arguments.Select((argument, index) => KeyValuePair.Create($"McpServers:{name}:Arguments:{index}", (string?)argument)).Append(KeyValuePair.Create($"McpServers:{name}:Command", (string?)"node")));

    private static bool HasNode()
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", "--version") { RedirectStandardOutput = true })!;
            node.WaitForExit();
            return node.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>A test on the servers of infra/mcp, skipped with the reason where they are missing.</summary>
internal sealed class McpFactAttribute : FactAttribute
{
    public McpFactAttribute() => Skip = McpServers.Missing;
}

/// <summary>A test on a server of the tests' own, skipped with the reason where there is no Node.js.</summary>
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = McpServers.NodeMissing;
}
