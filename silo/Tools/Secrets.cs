using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StepTool.Silo.Tools;

/// <summary>Takes configured secrets out of texts, however they are written there: as they are, in a URL, in JSON, in Basic's base 64.</summary>
internal sealed class Secrets
{
    private const string Mark = "***";
    private const int ShortestPassword = 8;
    private const int ShortestTail = 4;
    private readonly ImmutableArray<string> _forms;
    private readonly SearchValues<string> _any;

    public Secrets(IEnumerable<string> secrets)
    {
        _forms = [.. secrets.SelectMany(Forms).Where(form => form.Length >= ShortestPassword).Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length)];
        _any = SearchValues.Create(_forms.AsSpan(), StringComparison.Ordinal);
    }

    /// <summary>The text with each secret replaced by <c>***</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isCut">Whether its end is missing, so that it may end within a secret.</param>
    public string Scrub(string text, bool isCut = false)
    {
        if (text.AsSpan().ContainsAny(_any))
        {
            text = _forms.Aggregate(text, (left, form) => left.Replace(form, Mark, StringComparison.Ordinal));
        }

        var tail = isCut ? _forms.Select(form => Tail(text, form)).DefaultIfEmpty().Max() : 0;
        return tail > 0 ? text[..^tail] + Mark : text;
    }

    // How many characters at the text's end are the beginning of a form.
    private static int Tail(string text, string form)
    {
        for (var length = Math.Min(form.Length - 1, text.Length); length >= ShortestTail; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(form.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }

    private static IEnumerable<string> Forms(string secret)
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret));
        var password = secret[(secret.IndexOf(':', StringComparison.Ordinal) + 1)..];
        foreach (var text in new[] { secret, base64, password })
        {
            yield return text;
            yield return Uri.EscapeDataString(text);
            yield return text.Replace("/", "\\/", StringComparison.Ordinal);
            yield return JsonEncodedText.Encode(text).ToString();
            yield return JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        }
    }
}
