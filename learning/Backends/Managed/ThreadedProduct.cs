namespace StepTool.Learning.Backends.Managed;

/// <summary>Chooses the kernel and shares a large product's rows, or its columns, between threads. Sums are never shared.</summary>
internal sealed unsafe class ThreadedProduct
{
    /// <summary>Multiplications below which calling a thread costs more than it saves.</summary>
    private const long ShareFrom = 1 << 19;

    private readonly ForkJoin _forkJoin;
    private readonly delegate*<Strided, Strided, float*, nint, int, int, int, float*, nint, float*, void> _multiply;
    private readonly int _tileRows;
    private readonly int _tileColumns;

    public ThreadedProduct(ForkJoin forkJoin, KernelWidth width)
    {
        _forkJoin = forkJoin;
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

    /// <summary>A product on the calling thread, as in <see cref="MatrixProduct{TKernel}.Multiply"/>.</summary>
    public delegate*<Strided, Strided, float*, nint, int, int, int, float*, nint, float*, void> Alone => _multiply;

    /// <summary>
    /// result = left times right, plus what stands at <paramref name="added"/>: the result itself, or with a distance of 0 the same row for all; or nothing.
    /// SiLU of it goes where <paramref name="activated"/> is not null.
    /// </summary>
    public void Multiply(Strided left, Strided right, float* result, int rows, int columns, int inner, float* added, nint addedRow, float* activated)
    {
        if (_forkJoin.Threads == 1 || ForkJoin.IsInside || (long)rows * columns * inner < ShareFrom)
        {
            _multiply(left, right, result, columns, rows, columns, inner, added, addedRow, activated);
            return;
        }

        var byRows = rows >= _tileRows * _forkJoin.Threads;
        var tile = byRows ? _tileRows : _tileColumns;
        var tiles = ((byRows ? rows : columns) + tile - 1) / tile;
        var step = (tiles + _forkJoin.Threads - 1) / _forkJoin.Threads * tile;
        var work = new Part(_multiply, left, right, result, rows, columns, inner, added, addedRow, activated, byRows, step);
        _forkJoin.Run(((byRows ? rows : columns) + step - 1) / step, work);
    }

    private readonly struct Part(
        delegate*<Strided, Strided, float*, nint, int, int, int, float*, nint, float*, void> multiply,
        Strided left,
        Strided right,
        float* result,
        int rows,
        int columns,
        int inner,
        float* added,
        nint addedRow,
        float* activated,
        bool byRows,
        int step) : IWork
    {
        public void Run(int index)
        {
            var first = index * step;
            var start = byRows ? (nint)first * columns : first;
            var after = activated is null ? null : activated + start;
            if (byRows)
            {
                multiply(left.At(first, 0), right, result + start, columns, Math.Min(step, rows - first), columns, inner, added + (first * addedRow), addedRow, after);
                return;
            }

            multiply(left, right.At(0, first), result + start, columns, rows, Math.Min(step, columns - first), inner, added is null ? null : added + first, addedRow, after);
        }
    }
}
