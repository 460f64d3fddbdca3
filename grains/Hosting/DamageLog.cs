using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StepTool.Core.Storage;

namespace StepTool.Grains.Hosting;

/// <summary>Tells a silo's operator once of each damaged record, whoever comes upon it and however often: what needs the record tries again until it is mended.</summary>
internal sealed partial class DamageLog(ILogger<DamageLog> logger)
{
    private readonly ConcurrentDictionary<string, byte> _told = new(StringComparer.Ordinal);

    /// <summary>Tells of damage that has not been told of. False where the exception is none.</summary>
    internal bool Tells(Exception exception)
    {
        var damage = StorageException.Damage(exception);
        if (damage is not null && _told.TryAdd(damage, 0))
        {
            LogDamage(damage);
        }

        return damage is not null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A record is damaged; what needs it waits, all else goes on. {Damage}")]
    private partial void LogDamage(string damage);
}
