namespace StepTool.Silo.Tools.Mcp;

/// <summary>How a server took the HTTP request of one call. What it made of the session's other requests, such as the one that asks what it can do, says nothing of this one.</summary>
internal sealed class McpPost
{
    private static readonly AsyncLocal<McpPost?> Current = new();
    private bool? _isRefused;
    private bool _isUnsent;

    /// <summary>Whether the server refused the request as a whole, as one does that knows nothing of the session; false for a call that was no HTTP.</summary>
    public bool IsRefused => _isRefused is true;

    /// <summary>Whether no connection came about for the request, so that nothing of it was sent.</summary>
    public bool IsUnsent => _isUnsent;

    /// <summary>Watches the next request that the calling method makes.</summary>
    public static McpPost Watch() => Current.Value = new McpPost();

    /// <summary>Notes how the server took a request; the first one of a call is the call itself.</summary>
    public static void Note(bool isRefused)
    {
        if (Current.Value is { } post)
        {
            post._isRefused ??= isRefused;
        }
    }

    /// <summary>Notes that a request could not be sent; only where it is the first one of a call nothing of that call was.</summary>
    public static void NoteUnsent()
    {
        if (Current.Value is { _isRefused: null } post)
        {
            (post._isRefused, post._isUnsent) = (false, true);
        }
    }
}
