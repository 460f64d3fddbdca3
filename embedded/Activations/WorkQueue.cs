namespace StepTool.Embedded.Activations;

/// <summary>A ring of what an activation is to run; it holds no memory until it is used.</summary>
internal struct WorkQueue
{
    private object[]? _ring;
    private int _head;

    internal int Count { get; private set; }

    internal void Enqueue(object item)
    {
        if (_ring is null)
        {
            _ring = new object[2];
        }
        else if (Count == _ring.Length)
        {
            var larger = new object[Count * 2];
            _ring.AsSpan(_head).CopyTo(larger);
            _ring.AsSpan(0, _head).CopyTo(larger.AsSpan(Count - _head));
            _ring = larger;
            _head = 0;
        }

        _ring[(_head + Count++) & (_ring.Length - 1)] = item;
    }

    internal object? Dequeue()
    {
        if (Count == 0)
        {
            return null;
        }

        var item = _ring![_head];
        _ring[_head] = null!;
        _head = (_head + 1) & (_ring.Length - 1);
        if (--Count == 0 && _ring.Length > 16)
        {
            // a burst is over: give its memory back
            _ring = null;
            _head = 0;
        }

        return item;
    }
}
