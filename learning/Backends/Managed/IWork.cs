namespace StepTool.Learning.Backends.Managed;

/// <summary>One operation cut into pieces that do not touch each other's results; the cut depends on the shapes alone, never on the number of threads.</summary>
internal interface IWork
{
    /// <summary>Does one piece.</summary>
    void Run(int index);
}
