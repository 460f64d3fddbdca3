using Microsoft.Extensions.Logging;
using StepTool.Core.Tools;

namespace StepTool.Grains.Tools.Answers;

/// <summary>Kept answers as an API's grain uses them: this silo's memory, then storage. Storage that fails costs a call, never an answer.</summary>
internal sealed partial class AnswerCache(AnswerMemory memory, AnswerStore store, TimeProvider time, ILogger<AnswerCache> logger)
{
    /// <summary>Finds an answer not older than its time to live.</summary>
    internal async Task<ToolAnswer?> FindAsync(AnswerKey key, TimeSpan timeToLive)
    {
        if (memory.Find(key) is { } known && known.IsFresh(time.GetUtcNow(), timeToLive))
        {
            return known.Answer;
        }

        try
        {
            var stored = await store.ReadAsync(key);
            if (stored is { RecordExists: true, State: { } answer } && answer.Arguments == key.Arguments && answer.IsFresh(time.GetUtcNow(), timeToLive))
            {
                memory.Keep(key, answer);
                return answer.Answer;
            }
        }
        catch (Exception exception)
        {
            LogRead(exception, key.Api);
        }

        return null;
    }

    /// <summary>Keeps an answer where it may be kept.</summary>
    internal async Task KeepAsync(AnswerKey key, ToolReply reply)
    {
        if (KeptAnswer.Of(key, reply) is not { } answer)
        {
            return;
        }

        memory.Keep(key, answer);
        try
        {
            await store.WriteAsync(key, await store.ReadAsync(key), answer);
        }
        catch (Exception exception)
        {
            LogWrite(exception, key.Api);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kept answers of {Api} could not be read; it is called for real.")]
    private partial void LogRead(Exception exception, ApiKey api);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An answer of {Api} could not be stored; it is kept on this silo alone.")]
    private partial void LogWrite(Exception exception, ApiKey api);
}
