using System.Globalization;
using System.Net;

namespace StepTool.Silo.Tools.Http;

/// <summary>
/// What a redirect leads to. A call that may change something is never sent again: of its redirects only 303 is followed, which asks to read the result. Headers
/// and secrets stay with the host they were meant for, and from https none leads to http.
/// </summary>
internal static class Redirects
{
    /// <summary>Where a response leads; null where it is no redirect.</summary>
    public static Uri? Target(HttpResponseMessage response, Uri from) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.Location is { } location && Uri.TryCreate(from, location, out var target) ? target : null;

    /// <summary>The next request; null where it is not to be sent.</summary>
    public static OutgoingRequest? Next(OutgoingRequest request, HttpStatusCode status, Uri target, bool mutates)
    {
        if (target.Scheme is not ("http" or "https") || (request.Url.Scheme == "https" && target.Scheme == "http") || (mutates && status != HttpStatusCode.SeeOther))
        {
            return null;
        }

        // A GET takes the place of what 303 answers, and of a POST that 301 or 302 answers, as everybody does it.
        var isRead = status == HttpStatusCode.SeeOther || (request.Method == HttpMethod.Post && status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found);
        return request with
        {
            Method = isRead && request.Method != HttpMethod.Head ? HttpMethod.Get : request.Method,
            Url = target,
            Headers = AllowedHosts.Origin(target) == AllowedHosts.Origin(request.Url) ? request.Headers : [],
            Body = isRead ? null : request.Body,
        };
    }

    /// <summary>Why it ends here.</summary>
    /// <param name="response">The redirect.</param>
    /// <param name="target">Where it leads.</param>
    /// <param name="most">How many were followed, where that is the reason.</param>
    public static string Refusal(HttpResponseMessage response, Uri target, int? most) => string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP {(int)response.StatusCode} leads to {AnswerText.Clean(AllowedHosts.Place(target))}, {(most is { } hops ? $"after {hops} others: it is not followed" : "which is not followed: a call that may change something is not sent again, and none leaves https")}");
}
