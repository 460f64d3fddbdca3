using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using StepTool.Learning.Models;

namespace StepTool.Learning.Optimisers;

/// <summary>A number that training needs is NaN or infinite. The update that met it has changed nothing.</summary>
public sealed class NonFiniteTensorException : ArithmeticException
{
    /// <summary>Names what is not finite.</summary>
    /// <param name="role">What it is: loss, gradient, weight, feature.</param>
    /// <param name="tensor">The tensor's name.</param>
    /// <param name="index">The place within the tensor.</param>
    /// <param name="value">What stands there.</param>
    public NonFiniteTensorException(string role, string tensor, int index, float value)
        : base(string.Create(CultureInfo.InvariantCulture, $"The {role} of tensor '{tensor}' is {value} at index {index}; it must be finite. ") +
            "The update was dropped and the weights are unchanged. Lower the learning rate or look at the features and rewards of this batch.")
    {
        Role = role;
        Tensor = tensor;
        Index = index;
    }

    /// <summary>What is not finite: loss, gradient, weight, feature.</summary>
    public string Role { get; }

    /// <summary>The tensor's name.</summary>
    public string Tensor { get; }

    /// <summary>The place within the tensor.</summary>
    public int Index { get; }

    /// <summary>Checks values in a layout's order, all of them or the trained ones only.</summary>
    /// <param name="role">What they are.</param>
    /// <param name="layout">Where each tensor stands.</param>
    /// <param name="values">The values.</param>
    /// <exception cref="NonFiniteTensorException">A value is NaN or infinite.</exception>
    public static void ThrowIfAny(string role, TensorLayout layout, ReadOnlySpan<float> values)
    {
        ArgumentNullException.ThrowIfNull(layout);
        var index = FirstIn(values);
        if (index >= 0)
        {
            var tensor = layout.TensorAt(index);
            throw new NonFiniteTensorException(role, tensor.Name, index - tensor.Offset, values[index]);
        }
    }

    /// <summary>Checks the values of one tensor that is not a weight, e.g. features.</summary>
    /// <param name="role">What they are.</param>
    /// <param name="tensor">The tensor's name.</param>
    /// <param name="values">The values.</param>
    /// <exception cref="NonFiniteTensorException">A value is NaN or infinite.</exception>
    public static void ThrowIfAny(string role, string tensor, ReadOnlySpan<float> values)
    {
        var index = FirstIn(values);
        if (index >= 0)
        {
            throw new NonFiniteTensorException(role, tensor, index, values[index]);
        }
    }

    private static int FirstIn(ReadOnlySpan<float> values)
    {
        // Zero times a finite number is zero; NaN and infinity leave NaN in the sum. Only then is the place looked for.
        var sum = Vector<float>.Zero;
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (var vector in vectors)
        {
            sum += vector * Vector<float>.Zero;
        }

        var from = Vector.EqualsAll(sum, Vector<float>.Zero) ? vectors.Length * Vector<float>.Count : 0;
        for (var index = from; index < values.Length; index++)
        {
            if (!float.IsFinite(values[index]))
            {
                return index;
            }
        }

        return -1;
    }
}
