namespace StepTool.Learning.Backends.Managed;

/// <summary>The width of vectors that matrix products use.</summary>
internal enum KernelWidth
{
    Bits128,
    Bits256,
    Bits512,
}
