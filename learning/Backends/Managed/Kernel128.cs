using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StepTool.Learning.Backends.Managed;

/// <summary>The kernel for everything else: tiles of 6 by 8 with 128-bit vectors, fused where the hardware fuses.</summary>
internal readonly unsafe struct Kernel128 : IMicroKernel
{
    public static int TileRows => 6;

    public static int TileColumns => 8;

    public static string Instructions => "128-bit vectors";

    public static void Tile(
        nint inner, float* left, nint leftRow, nint leftInner, float* right, nint rightInner, float* result, nint resultRow, float* added, nint addedRow)
    {
        Vector128<float> c00 = Vector128<float>.Zero, c01 = Vector128<float>.Zero;
        Vector128<float> c10 = Vector128<float>.Zero, c11 = Vector128<float>.Zero;
        Vector128<float> c20 = Vector128<float>.Zero, c21 = Vector128<float>.Zero;
        Vector128<float> c30 = Vector128<float>.Zero, c31 = Vector128<float>.Zero;
        Vector128<float> c40 = Vector128<float>.Zero, c41 = Vector128<float>.Zero;
        Vector128<float> c50 = Vector128<float>.Zero, c51 = Vector128<float>.Zero;
        // Two base pointers and 2 distances address all rows without a register each.
        var lower = left + (3 * leftRow);
        var row2 = 2 * leftRow;
        for (; inner > 0; inner--)
        {
            var b0 = Vector128.Load(right);
            var b1 = Vector128.Load(right + 4);
            var a0 = Vector128.Create(*left);
            c00 = Vector128.MultiplyAddEstimate(a0, b0, c00);
            c01 = Vector128.MultiplyAddEstimate(a0, b1, c01);
            var a1 = Vector128.Create(*(left + leftRow));
            c10 = Vector128.MultiplyAddEstimate(a1, b0, c10);
            c11 = Vector128.MultiplyAddEstimate(a1, b1, c11);
            var a2 = Vector128.Create(*(left + row2));
            c20 = Vector128.MultiplyAddEstimate(a2, b0, c20);
            c21 = Vector128.MultiplyAddEstimate(a2, b1, c21);
            var a3 = Vector128.Create(*lower);
            c30 = Vector128.MultiplyAddEstimate(a3, b0, c30);
            c31 = Vector128.MultiplyAddEstimate(a3, b1, c31);
            var a4 = Vector128.Create(*(lower + leftRow));
            c40 = Vector128.MultiplyAddEstimate(a4, b0, c40);
            c41 = Vector128.MultiplyAddEstimate(a4, b1, c41);
            var a5 = Vector128.Create(*(lower + row2));
            c50 = Vector128.MultiplyAddEstimate(a5, b0, c50);
            c51 = Vector128.MultiplyAddEstimate(a5, b1, c51);
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
        Vector128<float> c0 = Vector128<float>.Zero, c1 = Vector128<float>.Zero;
        for (; inner > 0; inner--)
        {
            var a = Vector128.Create(*left);
            c0 = Vector128.MultiplyAddEstimate(a, Vector128.Load(right), c0);
            c1 = Vector128.MultiplyAddEstimate(a, Vector128.Load(right + 4), c1);
            left += leftInner;
            right += rightInner;
        }

        Store(c0, c1, result, added);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<float> c0, Vector128<float> c1, float* result, float* added)
    {
        if (added is not null)
        {
            c0 += Vector128.Load(added);
            c1 += Vector128.Load(added + 4);
        }

        c0.Store(result);
        c1.Store(result + 4);
    }
}
