using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StepTool.Learning.Backends.Managed;

/// <summary>The kernel for 512-bit vectors: tiles of 12 by 32 fill 24 of 32 registers.</summary>
internal readonly unsafe struct Kernel512 : IMicroKernel
{
    public static int TileRows => 12;

    public static int TileColumns => 32;

    public static string Instructions => "AVX-512";

    public static void Tile(
        nint inner, float* left, nint leftRow, nint leftInner, float* right, nint rightInner, float* result, nint resultRow, float* added, nint addedRow)
    {
        Vector512<float> c00 = Vector512<float>.Zero, c01 = Vector512<float>.Zero;
        Vector512<float> c10 = Vector512<float>.Zero, c11 = Vector512<float>.Zero;
        Vector512<float> c20 = Vector512<float>.Zero, c21 = Vector512<float>.Zero;
        Vector512<float> c30 = Vector512<float>.Zero, c31 = Vector512<float>.Zero;
        Vector512<float> c40 = Vector512<float>.Zero, c41 = Vector512<float>.Zero;
        Vector512<float> c50 = Vector512<float>.Zero, c51 = Vector512<float>.Zero;
        Vector512<float> c60 = Vector512<float>.Zero, c61 = Vector512<float>.Zero;
        Vector512<float> c70 = Vector512<float>.Zero, c71 = Vector512<float>.Zero;
        Vector512<float> c80 = Vector512<float>.Zero, c81 = Vector512<float>.Zero;
        Vector512<float> c90 = Vector512<float>.Zero, c91 = Vector512<float>.Zero;
        Vector512<float> ca0 = Vector512<float>.Zero, ca1 = Vector512<float>.Zero;
        Vector512<float> cb0 = Vector512<float>.Zero, cb1 = Vector512<float>.Zero;
        // Two base pointers and 5 distances address all rows without a register each.
        var lower = left + (6 * leftRow);
        var row2 = 2 * leftRow;
        var row3 = 3 * leftRow;
        var row4 = 4 * leftRow;
        var row5 = 5 * leftRow;
        Touch(result, resultRow);
        for (; inner > 0; inner--)
        {
            var b0 = Vector512.Load(right);
            var b1 = Vector512.Load(right + 16);
            var a0 = Vector512.Create(*left);
            c00 = Vector512.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(a0, b1, c01);
            var a1 = Vector512.Create(*(left + leftRow));
            c10 = Vector512.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(a1, b1, c11);
            var a2 = Vector512.Create(*(left + row2));
            c20 = Vector512.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(a2, b1, c21);
            var a3 = Vector512.Create(*(left + row3));
            c30 = Vector512.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(a3, b1, c31);
            var a4 = Vector512.Create(*(left + row4));
            c40 = Vector512.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(a4, b1, c41);
            var a5 = Vector512.Create(*(left + row5));
            c50 = Vector512.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(a5, b1, c51);
            var a6 = Vector512.Create(*lower);
            c60 = Vector512.FusedMultiplyAdd(a6, b0, c60);
            c61 = Vector512.FusedMultiplyAdd(a6, b1, c61);
            var a7 = Vector512.Create(*(lower + leftRow));
            c70 = Vector512.FusedMultiplyAdd(a7, b0, c70);
            c71 = Vector512.FusedMultiplyAdd(a7, b1, c71);
            var a8 = Vector512.Create(*(lower + row2));
            c80 = Vector512.FusedMultiplyAdd(a8, b0, c80);
            c81 = Vector512.FusedMultiplyAdd(a8, b1, c81);
            var a9 = Vector512.Create(*(lower + row3));
            c90 = Vector512.FusedMultiplyAdd(a9, b0, c90);
            c91 = Vector512.FusedMultiplyAdd(a9, b1, c91);
            var aa = Vector512.Create(*(lower + row4));
            ca0 = Vector512.FusedMultiplyAdd(aa, b0, ca0);
            ca1 = Vector512.FusedMultiplyAdd(aa, b1, ca1);
            var ab = Vector512.Create(*(lower + row5));
            cb0 = Vector512.FusedMultiplyAdd(ab, b0, cb0);
            cb1 = Vector512.FusedMultiplyAdd(ab, b1, cb1);
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
        Store(c60, c61, result + (6 * resultRow), added + (6 * addedRow));
        Store(c70, c71, result + (7 * resultRow), added + (7 * addedRow));
        Store(c80, c81, result + (8 * resultRow), added + (8 * addedRow));
        Store(c90, c91, result + (9 * resultRow), added + (9 * addedRow));
        Store(ca0, ca1, result + (10 * resultRow), added + (10 * addedRow));
        Store(cb0, cb1, result + (11 * resultRow), added + (11 * addedRow));
    }

    public static void Row(nint inner, float* left, nint leftInner, float* right, nint rightInner, float* result, float* added)
    {
        Vector512<float> c0 = Vector512<float>.Zero, c1 = Vector512<float>.Zero;
        for (; inner > 0; inner--)
        {
            var a = Vector512.Create(*left);
            c0 = Vector512.FusedMultiplyAdd(a, Vector512.Load(right), c0);
            c1 = Vector512.FusedMultiplyAdd(a, Vector512.Load(right + 16), c1);
            left += leftInner;
            right += rightInner;
        }

        Store(c0, c1, result, added);
    }

    /// <summary>Asks for the tile of the result early: it comes from a farther cache while the sums are made.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Touch(float* result, nint resultRow)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (var row = 0; row < 12; row++)
        {
            Sse.Prefetch0(result);
            Sse.Prefetch0(result + 16);
            result += resultRow;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> c0, Vector512<float> c1, float* result, float* added)
    {
        if (added is not null)
        {
            c0 += Vector512.Load(added);
            c1 += Vector512.Load(added + 16);
        }

        c0.Store(result);
        c1.Store(result + 16);
    }
}
