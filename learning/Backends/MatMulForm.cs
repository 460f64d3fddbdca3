namespace StepTool.Learning.Backends;

/// <summary>Which of the two factors of a matrix product is stored transposed. Everything is row-major.</summary>
public enum MatMulForm
{
    /// <summary>left [rows, inner] times right [inner, columns].</summary>
    Plain,

    /// <summary>left [rows, inner] times right stored as [columns, inner]: gradients of inputs.</summary>
    RightTransposed,

    /// <summary>left stored as [inner, rows] times right [inner, columns]: gradients of weights.</summary>
    LeftTransposed,
}
