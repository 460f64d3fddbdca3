namespace StepTool.Learning.Backends.Managed;

/// <summary>Chooses the kernel and shares a large product's rows, or its columns, between threads. Sums are never shared.</summary>
internal sealed unsafe class ThreadedProduct
{
    /// <summary>Multiplications below which waking a thread costs more than it saves.</summary>
    private const long ShareFrom = 1 << 21;

    private readonly ForkJoin _forkJoin;
    private readonly delegate*<Strided, Strided, float*, nint, int, int, int, bool, void> _multiply;
    private readonly int _tileRows;
    private readonly int _tileColumns;
    private readonly Action<int, int> _part;
    private readonly Lock _gate = new();
    private Shared _shared;

    public ThreadedProduct(ForkJoin forkJoin, KernelWidth width)
    {
        _forkJoin = forkJoin;
        _part = (index, _) => Part(index);
        switch (width)
        {
            case KernelWidth.Bits512:
                _multiply = &MatrixProduct<Kernel512>.Multiply;
                (_tileRows, _tileColumns, Instructions) = (Kernel512.TileRows, Kernel512.TileColumns, Kernel512.Instructions);
                break;
            case KernelWidth.Bits256:
                _multiply = &MatrixProduct<Kernel256>.Multiply;
                (_tileRows, _tileColumns, Instructions) = (Kernel256.TileRows, Kernel256.TileColumns, Kernel256.Instructions);
                break;
            default:
                _multiply = &MatrixProduct<Kernel128>.Multiply;
                (_tileRows, _tileColumns, Instructions) = (Kernel128.TileRows, Kernel128.TileColumns, Kernel128.Instructions);
                break;
        }
    }

    public string Instructions { get; }

    public void Multiply(Strided left, Strided right, float* result, int rows, int columns, int inner, bool accumulate)
    {
        if (inner == 0 && !accumulate)
        {
            new Span<float>(result, rows * columns).Clear();
            return;
        }

        // The gate is held while parts run, since they read the one shared description; a second caller works alone.
        if (_forkJoin.Threads == 1 || ForkJoin.IsInside || (long)rows * columns * inner < ShareFrom || !_gate.TryEnter())
        {
            _multiply(left, right, result, columns, rows, columns, inner, accumulate);
            return;
        }

        try
        {
            var byRows = rows >= _tileRows * _forkJoin.Threads;
            var tile = byRows ? _tileRows : _tileColumns;
            var tiles = ((byRows ? rows : columns) + tile - 1) / tile;
            var step = (tiles + _forkJoin.Threads - 1) / _forkJoin.Threads * tile;
            _shared = new Shared(left, right, result, rows, columns, inner, accumulate, byRows, step);
            _forkJoin.Run(((byRows ? rows : columns) + step - 1) / step, _part);
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void Part(int index)
    {
        var all = _shared;
        var first = index * all.Step;
        if (all.ByRows)
        {
            var rows = Math.Min(all.Step, all.Rows - first);
            _multiply(all.Left.At(first, 0), all.Right, all.Result + ((nint)first * all.Columns), all.Columns, rows, all.Columns, all.Inner, all.Accumulate);
            return;
        }

        var columns = Math.Min(all.Step, all.Columns - first);
        _multiply(all.Left, all.Right.At(0, first), all.Result + first, all.Columns, all.Rows, columns, all.Inner, all.Accumulate);
    }

    private readonly struct Shared(
        Strided left, Strided right, float* result, int rows, int columns, int inner, bool accumulate, bool byRows, int step)
    {
        public readonly Strided Left = left;
        public readonly Strided Right = right;
        public readonly float* Result = result;
        public readonly int Rows = rows;
        public readonly int Columns = columns;
        public readonly int Inner = inner;
        public readonly bool Accumulate = accumulate;
        public readonly bool ByRows = byRows;
        public readonly int Step = step;
    }
}
