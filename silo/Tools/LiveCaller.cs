using System.Text.Json;
using Microsoft.Extensions.Options;
using StepTool.Core.Text;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Silo.Tools.Functions;
using StepTool.Silo.Tools.Http;
using StepTool.Silo.Tools.Mcp;

namespace StepTool.Silo.Tools;

/// <summary>Calls real APIs by what they are bound to. Whatever they answer leaves here without secrets, within its limit and fit to be read.</summary>
internal sealed class LiveCaller(HttpCaller http, McpCaller mcp, FunctionCaller functions, Secrets secrets, IOptions<LiveOptions> options, TimeProvider time) : ILiveCaller
{
    private const int LongestInError = 2000;

    /// <inheritdoc/>
    public string? HostOf(ApiBinding binding) => binding switch
    {
        HttpBinding one => HttpCaller.HostOf(one),
        McpBinding one => mcp.HostOf(one),
        FunctionBinding one => functions.HostOf(one),
        _ => null,
    };

    /// <inheritdoc/>
    public async ValueTask<LiveReply> CallAsync(ApiDefinition api, ToolCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(call);
        var started = time.GetTimestamp();
        if (!CanonicalArguments.TryFromJson(call.Arguments, out var canonical, out var unreadable))
        {
            return Reply(new Refused(unreadable.Message), api, started);
        }

        try
        {
            using var arguments = JsonDocument.Parse(canonical);
            return Reply(await AttemptAsync(api, arguments.RootElement, cancellationToken), api, started);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested(); // whatever it broke
            return Reply(new Lost($"{api.Documentation.Key}: {exception.GetType().Name}: {exception.Message}"), api, started); // a fault of an adapter costs one call, never an episode's silo
        }
    }

    private ValueTask<Attempt> AttemptAsync(ApiDefinition api, JsonElement arguments, CancellationToken cancellationToken) => api.Binding switch
    {
        HttpBinding one => http.CallAsync(api, one, arguments, cancellationToken),
        McpBinding one => mcp.CallAsync(one, arguments, cancellationToken),
        FunctionBinding one => functions.CallAsync(one, arguments, cancellationToken),
        _ => ValueTask.FromResult<Attempt>(new Lost($"{api.Documentation.Key} is documented and not bound to anything that can be called. Import it from a source that says how.") { NeverSent = true }),
    };

    private LiveReply Reply(Attempt attempt, ApiDefinition api, long started) => attempt switch
    {
        Answered answered => new LiveReply(Answer(answered, started), answered.IsTransient, answered.RetryAfter),
        Refused refused => new LiveReply(new ToolAnswer(ToolStatus.BadInput, $"{api.Documentation.Key.FunctionName} was not called: {secrets.Scrub(refused.Reason)}", "", Provenance.World)) { NeverSent = true },
        Lost { NeverSent: false } lost when api.Documentation.Mutates => new LiveReply(Fault(ToolFaultKind.OutcomeUnknown, lost), IsTransient: false, lost.RetryAfter),
        Lost lost => new LiveReply(Fault(ToolFaultKind.Unavailable, lost), lost.IsTransient, lost.RetryAfter) { NeverSent = lost.NeverSent },
        _ => throw new InvalidOperationException($"An attempt of type {attempt.GetType().Name} is not known."),
    };

    private ToolFaulted Fault(ToolFaultKind kind, Lost lost) => new(new ToolFault(kind, secrets.Scrub(AnswerText.Clean(lost.Message))));

    // An agent reads the error where there is one, so what the tool said of it stands there too.
    private ToolAnswer Answer(Answered answered, long started)
    {
        var text = AnswerText.Within(answered.Text, options.Value.MaxResponseBytes);
        var isCut = answered.IsCut || text.Length < answered.Text.Length;
        text = secrets.Scrub(text, isCut);
        var error = secrets.Scrub(answered.Error);
        var detail = error.Length > 0 && text.Length > 0 ? $": {TextCut.To(text, LongestInError)}" : "";
        return new ToolAnswer(answered.Status, error + detail, isCut ? text + AnswerText.CutMark(options.Value.MaxResponseBytes) : text, Provenance.Real)
        {
            Real = new RealCall(time.GetUtcNow(), answered.HttpStatus, time.GetElapsedTime(started), isCut),
        };
    }
}
