using Microsoft.Extensions.Options;
using StepTool.Grains.Hosting;

namespace StepTool.Grains.Tools.Answers;

/// <summary>The kept answers that were used last on this silo, so that what all ask for is read without a call. One a silo; safe for concurrent use.</summary>
internal sealed class AnswerMemory(IOptions<ToolsOptions> options)
{
    private const int Overhead = 400; // bytes of an entry without its texts
    private readonly Lock _gate = new();
    private readonly Dictionary<AnswerKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private long _hits;

    /// <summary>Bytes held, by estimate.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Calls answered so.</summary>
    internal long Hits => Interlocked.Read(ref _hits);

    /// <summary>The answer to a call; null where there is none.</summary>
    internal KeptAnswer? Find(AnswerKey key)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Answer;
        }
    }

    /// <summary>Counts a call that needed no other.</summary>
    internal void CountHit() => Interlocked.Increment(ref _hits);

    /// <summary>Keeps an answer; what was used longest ago makes room.</summary>
    internal void Keep(AnswerKey key, KeptAnswer answer)
    {
        var entry = new Entry(key, answer, Overhead + (sizeof(char) * (key.Arguments.Length + answer.Answer.Response.Length + answer.Answer.Error.Length)));
        if (entry.Bytes > options.Value.MaxMemoryBytes)
        {
            return;
        }

        lock (_gate)
        {
            if (_entries.Remove(key, out var old))
            {
                Drop(old);
            }

            _entries[key] = _byUse.AddFirst(entry);
            Bytes += entry.Bytes;
            while (Bytes > options.Value.MaxMemoryBytes)
            {
                var last = _byUse.Last!;
                _entries.Remove(last.Value.Key);
                Drop(last);
            }
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        Bytes -= node.Value.Bytes;
    }

    private sealed record Entry(AnswerKey Key, KeptAnswer Answer, long Bytes);
}
