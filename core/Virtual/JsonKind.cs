namespace StepTool.Core.Virtual;

/// <summary>Kinds of JSON values, as far as a request's fields tell them apart.</summary>
internal enum JsonKind
{
    /// <summary>Not there.</summary>
    Missing,

    /// <summary>null.</summary>
    Null,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A number, Python's NaN and infinities included.</summary>
    Number,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>An object.</summary>
    Object,

    /// <summary>An array with elements.</summary>
    Array,

    /// <summary>An array without.</summary>
    EmptyArray,
}
