using System.Globalization;
using System.Text;
using StepTool.Core.Tools;

namespace StepTool.Core.Virtual;

/// <summary>An answer to a client of StableToolBench, in the bytes that its server would send.</summary>
public sealed class VirtualReply
{
    private const int Ok = 200;
    private const int BadRequest = 400;
    private const int Unprocessable = 422;

    private VirtualReply(int status, string body, Provenance? provenance = null)
    {
        Status = status;
        Body = Encoding.UTF8.GetBytes(body);
        Provenance = provenance;
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>JSON, as UTF-8.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Where the answer came from; null where no API answered.</summary>
    public Provenance? Provenance { get; }

    /// <summary>The call is not recorded and nothing can answer it.</summary>
    public static VirtualReply Unknown { get; } = new(Ok, VirtualBody.Of("Failed to generate fake response", "", structured: false));

    internal static VirtualReply Chat { get; } = new(Ok, VirtualBody.Of("", "Chat with user.", structured: false), Tools.Provenance.World);

    internal static VirtualReply NoInput { get; } = new(Ok, VirtualBody.Of("Tool input parse error...\n", "", structured: false));

    internal static VirtualReply Unreadable { get; } = new(BadRequest, """{"detail":"There was an error parsing the body"}""");

    internal static VirtualReply NoBody { get; } = Invalid([Fault("", "field required", "value_error.missing")]);

    internal static VirtualReply NoObject { get; } = Invalid([NotObject("")]);

    /// <summary>The reply of an API.</summary>
    public static VirtualReply Of(ToolAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new(Ok, VirtualBody.Of(answer.Error, answer.Response), answer.Provenance);
    }

    /// <summary>Another answer in the form of StableToolBench's own errors.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="detail">What is wrong and what to do.</param>
    public static VirtualReply Refusal(int status, string detail) => new(status, $$"""{"detail":{{VirtualBody.Text(detail)}}}""");

    internal static VirtualReply Recorded(string body) => new(Ok, body, Tools.Provenance.Recorded);

    internal static VirtualReply Syntax(string error, int at) => error.Length == 0
        ? Unreadable
        : Invalid([string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"type":"json_invalid","loc":["body",{{{at}}}],"msg":"JSON decode error","input":{},"ctx":{"error":{{{VirtualBody.Text(error)}}}}}""")]);

    internal static VirtualReply Invalid(IEnumerable<string> faults) => new(Unprocessable, $$"""{"detail":[{{string.Join(',', faults)}}]}""");

    internal static string Missing(string field) => Fault(field, "field required", "value_error.missing");

    internal static string NotNull(string field) => Fault(field, "none is not an allowed value", "type_error.none.not_allowed");

    internal static string NotText(string field) => Fault(field, "str type expected", "type_error.str");

    internal static string NotObject(string field) => Fault(field, "value is not a valid dict", "type_error.dict");

    private static string Fault(string field, string message, string type) =>
        $$"""{"loc":["body"{{(field.Length > 0 ? $",\"{field}\"" : "")}}],"msg":"{{message}}","type":"{{type}}"}""";
}
