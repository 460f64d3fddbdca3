using StepTool.Core.Tools;

namespace StepTool.Grains.Hosting;

/// <summary>How real APIs are called; the same on every silo of a cluster.</summary>
public sealed class ToolsOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "StepTool:Tools";

    /// <summary>Time-out of one attempt; 10 milliseconds to 25 seconds, default 10 seconds; three quarters of <see cref="GrainsOptions.CallTimeout"/> at most. An attempt begins only while so much is left of that.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts after the first of a call that may be repeated; 0 to 10, default 2.</summary>
    public int Retries { get; set; } = 2;

    /// <summary>Wait before the first retry, about doubled for each further one, with jitter; 1 millisecond to 10 seconds, default half a second. An API's Retry-After comes before it.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>What one API of one world takes.</summary>
    public ToolLimits Api { get; set; } = new() { MaxConcurrent = 8 };

    /// <summary>What one host takes of the whole cluster. Several times what one API takes, so that an API that hangs leaves enough to the others of its host.</summary>
    public ToolLimits Host { get; set; } = new() { MaxConcurrent = 64 };

    /// <summary>When an API that fails is left alone.</summary>
    public BreakerOptions Breaker { get; set; } = new();

    /// <summary>How long calls of an API that fails are put off before they fail too; 0 to 1 day, default 2 minutes.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a call may hold its episode's slot, since slots bound work and not waiting; afterwards another episode may run; 0 to 25 seconds, default a tenth of a second.</summary>
    public TimeSpan SlotHold { get; set; } = TimeSpan.FromSeconds(0.1);

    /// <summary>How long an answer is kept and used again; 0 keeps none, at most 3,650 days, default 1 day.</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Memory of kept answers on each silo, in bytes; 0 to 64 GiB, default 64 MiB.</summary>
    public long MaxMemoryBytes { get; set; } = 64 << 20;

    /// <summary>What differs for single APIs, by <c>category/tool/api</c>.</summary>
    public Dictionary<string, ApiOptions> Apis { get; set; } = [];

    /// <summary>How long answers of an API are kept.</summary>
    internal TimeSpan TimeToLiveOf(ApiKey api) => Apis.GetValueOrDefault(api.ToString())?.TimeToLive ?? TimeToLive;

    /// <summary>Limits of an API.</summary>
    internal ToolLimits LimitsOf(ApiKey api)
    {
        var own = Apis.GetValueOrDefault(api.ToString());
        return own is null ? Api : new ToolLimits
        {
            RequestsPerSecond = own.RequestsPerSecond ?? Api.RequestsPerSecond,
            Burst = own.Burst ?? Api.Burst,
            MaxConcurrent = own.MaxConcurrent ?? Api.MaxConcurrent,
        };
    }
}

/// <summary>How much is asked of an API or a host at most.</summary>
public sealed class ToolLimits
{
    /// <summary>Requests a second; 0 for no limit, the default, up to 1,000,000.</summary>
    public double RequestsPerSecond { get; set; }

    /// <summary>Requests at once after a pause, where there is a limit a second; 1 to 1,000,000, default 10.</summary>
    public int Burst { get; set; } = 10;

    /// <summary>Requests under way; 0 for no limit, up to 10,000.</summary>
    public int MaxConcurrent { get; set; }
}

/// <summary>When an API or a host that fails is left alone: more than a share of its attempts within half a minute failed.</summary>
public sealed class BreakerOptions
{
    /// <summary>The share; above 0, to 1, default 0.5.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Attempts within that time before the share counts; 2 to 10,000, default 6.</summary>
    public int MinimumAttempts { get; set; } = 6;

    /// <summary>How long it is left alone before a single attempt is made; half a second to 1 hour, default 15 seconds.</summary>
    public TimeSpan Break { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>What differs for one API; what is left out is as for all.</summary>
public sealed class ApiOptions
{
    /// <inheritdoc cref="ToolsOptions.TimeToLive"/>
    public TimeSpan? TimeToLive { get; set; }

    /// <inheritdoc cref="ToolLimits.RequestsPerSecond"/>
    public double? RequestsPerSecond { get; set; }

    /// <inheritdoc cref="ToolLimits.Burst"/>
    public int? Burst { get; set; }

    /// <inheritdoc cref="ToolLimits.MaxConcurrent"/>
    public int? MaxConcurrent { get; set; }
}
