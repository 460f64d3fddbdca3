namespace StepTool.Grains.Tools.Limits;

/// <summary>Whether a request may be made now.</summary>
/// <param name="Pass">Given back when the request is over; null where it may not be made yet.</param>
/// <param name="Wait">How long it would have had to wait.</param>
internal readonly record struct Admission(IDisposable? Pass, TimeSpan Wait)
{
    /// <summary>It may be made.</summary>
    internal static Admission Now(IDisposable pass) => new(pass, TimeSpan.Zero);

    /// <summary>Not yet, and not within the time that it could have waited.</summary>
    internal static Admission Later(TimeSpan wait) => new(null, wait);
}
