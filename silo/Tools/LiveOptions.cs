namespace StepTool.Silo.Tools;

/// <summary>What may be called for real, and with which secrets: configuration section <c>StepTool:Tools</c>.</summary>
public sealed class LiveOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "StepTool:Tools";

    /// <summary>Hosts that may be called: <c>api.example.com</c> at its scheme's own port, <c>api.example.com:8443</c>, or <c>*.example.com</c> for all below; none by default.</summary>
    public List<string> AllowedHosts { get; set; } = [];

    /// <summary>Whether an allowed host may be at an address of this machine or a private network; false by default.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Secrets by the names that APIs and MCP servers ask for them; <c>user:password</c> where the scheme is Basic. Never shown.</summary>
    public Dictionary<string, string> Credentials { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The only host that a secret of <see cref="Credentials"/> is sent to, in the form of <see cref="AllowedHosts"/>; one that is not here goes to any allowed host whose API asks for it.</summary>
    public Dictionary<string, string> CredentialHosts { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>MCP servers by name.</summary>
    public Dictionary<string, McpServerOptions> McpServers { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is read of one response at most, in bytes after decompression; 1 KiB to 16 MiB, default 256 KiB.</summary>
    public int MaxResponseBytes { get; set; } = 256 << 10;
}

/// <summary>One MCP server: a program that speaks over its standard input and output, or a URL.</summary>
public sealed class McpServerOptions
{
    /// <summary>The program, by path or as found on PATH; empty with <see cref="Url"/>.</summary>
    public string Command { get; set; } = "";

    /// <summary>Its arguments, one by one.</summary>
    public List<string> Arguments { get; set; } = [];

    /// <summary>Folder it runs in; empty for the silo's own.</summary>
    public string WorkingDirectory { get; set; } = "";

    /// <summary>Its environment, beside PATH and HOME; nothing else of the silo's reaches it.</summary>
    public Dictionary<string, string> Environment { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Environment variables whose values are secrets: the variable, and the name of the secret in <see cref="LiveOptions.Credentials"/>.</summary>
    public Dictionary<string, string> Secrets { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Where it answers by streamable HTTP; its host must be allowed. Empty with <see cref="Command"/>.</summary>
    public string Url { get; set; } = "";

    /// <summary>Name of the secret sent as bearer token to <see cref="Url"/>; empty for none.</summary>
    public string Credential { get; set; } = "";

    /// <summary>Whether its tools change nothing where they do not say; false by default. A tool that says so itself is believed.</summary>
    public bool IsSafe { get; set; }
}
