using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StepTool.Learning.Backends.Managed;

/// <summary>The kernel for 256-bit vectors: tiles of 6 by 16 fill 12 of 16 registers.</summary>
internal readonly unsafe struct Kernel256 : IMicroKernel
{
    public static int TileRows => 6;

    public static int TileColumns => 16;

    public static string Instructions => "AVX2";

    public static void Tile(
        nint inner, float* left, nint leftRow, nint leftInner, float* right, nint rightInner, float* result, nint resultRow, float* added, nint addedRow)
    {
        Vector256<float> c00 = Vector256<float>.Zero, c01 = Vector256<float>.Zero;
        Vector256<float> c10 = Vector256<float>.Zero, c11 = Vector256<float>.Zero;
        Vector256<float> c20 = Vector256<float>.Zero, c21 = Vector256<float>.Zero;
        Vector256<float> c30 = Vector256<float>.Zero, c31 = Vector256<float>.Zero;
        Vector256<float> c40 = Vector256<float>.Zero, c41 = Vector256<float>.Zero;
        Vector256<float> c50 = Vector256<float>.Zero, c51 = Vector256<float>.Zero;
        // Two base pointers and 2 distances address all rows without a register each.
        var lower = left + (3 * leftRow);
        var row2 = 2 * leftRow;
        for (; inner > 0; inner--)
        {
            var b0 = Vector256.Load(right);
            var b1 = Vector256.Load(right + 8);
            var a0 = Vector256.Create(*left);
            c00 = Vector256.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(a0, b1, c01);
            var a1 = Vector256.Create(*(left + leftRow));
            c10 = Vector256.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(a1, b1, c11);
            var a2 = Vector256.Create(*(left + row2));
            c20 = Vector256.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(a2, b1, c21);
            var a3 = Vector256.Create(*lower);
            c30 = Vector256.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(a3, b1, c31);
            var a4 = Vector256.Create(*(lower + leftRow));
            c40 = Vector256.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector256.FusedMultiplyAdd(a4, b1, c41);
            var a5 = Vector256.Create(*(lower + row2));
            c50 = Vector256.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector256.FusedMultiplyAdd(a5, b1, c51);
            left += leftInner;
            lower += leftInner;
            right += rightInner;
        }

        Store(c00, c01, result, added);
        Store(c10, c11, result + resultRow, added + addedRow);
        Store(c20, c21, result + (2 * resultRow), added + (2 * addedRow));
        Store(c30, c31, result + (3 * resultRow), added + (3 * addedRow));
        Store(c40, c41, result + (4 * resultRow), added + (4 * addedRow));
        Store(c50, c51, result + (5 * resultRow), added + (5 * addedRow));
    }

    public static void Row(nint inner, float* left, nint leftInner, float* right, nint rightInner, float* result, float* added)
    {
        Vector256<float> c0 = Vector256<float>.Zero, c1 = Vector256<float>.Zero;
        for (; inner > 0; inner--)
        {
            var a = Vector256.Create(*left);
            c0 = Vector256.FusedMultiplyAdd(a, Vector256.Load(right), c0);
            c1 = Vector256.FusedMultiplyAdd(a, Vector256.Load(right + 8), c1);
            left += leftInner;
            right += rightInner;
        }

        Store(c0, c1, result, added);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> c0, Vector256<float> c1, float* result, float* added)
    {
        if (added is not null)
        {
            c0 += Vector256.Load(added);
            c1 += Vector256.Load(added + 8);
        }

        c0.Store(result);
        c1.Store(result + 8);
    }
}
