namespace StepTool.Embedded.Hosting;

/// <summary>How the embedded engine runs.</summary>
public sealed class EmbeddedOptions
{
    /// <summary>The silo's name; default <c>local</c>.</summary>
    public string SiloName { get; set; } = "local";

    /// <summary>How long a caller waits for an answer; default 30 s, from 10 ms to a day.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an activation may be idle; default 15 min, longer than <see cref="CollectionQuantum"/>.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often idle activations are looked for; default 1 min, from 10 ms to a day.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>When the token of OnActivateAsync is cancelled; default 30 s, from 10 ms to a day.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>When the token of OnDeactivateAsync is cancelled, counted from the request to end; default 30 s, from 10 ms to a day.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
