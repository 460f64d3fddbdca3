using Orleans.Runtime;

namespace StepTool.Grains.State;

/// <summary>How grains that keep one small record change it.</summary>
internal static class PersistentStates
{
    /// <summary>Stores a record in place of the present one. Where that fails the present one stays: what is not stored is not known, so that it is noted again.</summary>
    public static async Task ReplaceAsync<T>(this IPersistentState<T> state, T next)
    {
        var before = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            throw;
        }
    }
}
