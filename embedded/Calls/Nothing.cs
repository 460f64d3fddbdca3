namespace StepTool.Embedded.Calls;

/// <summary>The result of methods that have none, so that every call has one.</summary>
internal readonly record struct Nothing
{
    private static readonly Task<Nothing> Done = Task.FromResult(default(Nothing));

    public static Task<Nothing> From(Task task) => task.IsCompletedSuccessfully ? Done : AwaitAsync(task);

    public static Task<Nothing> From(ValueTask task) => task.IsCompletedSuccessfully ? Done : AwaitAsync(task.AsTask());

    private static async Task<Nothing> AwaitAsync(Task task)
    {
        await task;
        return default;
    }
}
