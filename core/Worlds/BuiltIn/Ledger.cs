namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>What the tasks plan for single calls: faults, remarks and registered names. Filled while the world is made, then only read.</summary>
internal sealed class Ledger
{
    private readonly Dictionary<(GeneratedApi Api, string Id), PlannedFault> _faults = [];
    private readonly Dictionary<(GeneratedApi Api, string Id), string> _remarks = [];
    private readonly Dictionary<(Suite Suite, string Name), RegisteredName> _names = [];

    /// <summary>Whether no task has planned the call.</summary>
    public bool IsFree(GeneratedApi api, string id) => !_faults.ContainsKey((api, id));

    /// <summary>Fixes what becomes of a call.</summary>
    public void Plan(GeneratedApi api, string id, PlannedFault fault) => _faults[(api, id)] = fault;

    /// <summary>The fault planned for a call, or null when no task has planned it.</summary>
    public PlannedFault? Fault(GeneratedApi api, string id) => _faults.TryGetValue((api, id), out var fault) ? fault : null;

    /// <summary>Fixes the value in a call's remark.</summary>
    public void Remark(GeneratedApi api, string id, string value) => _remarks[(api, id)] = value;

    /// <summary>The value in a call's remark, or null when it is any.</summary>
    public string? Remark(GeneratedApi api, string id) => _remarks.GetValueOrDefault((api, id));

    /// <summary>Registers a name; false when the suite knows it already.</summary>
    public bool Register(Suite suite, string name, RegisteredName registered) => _names.TryAdd((suite, name), registered);

    /// <summary>What is registered under a name, or null.</summary>
    public RegisteredName? Registered(Suite suite, string name) => _names.GetValueOrDefault((suite, name));
}

/// <summary>Faults that a world makes on purpose.</summary>
internal enum PlannedFault
{
    /// <summary>The call works.</summary>
    None,

    /// <summary>The first try fails, the second works.</summary>
    Retriable,

    /// <summary>Every try fails.</summary>
    Permanent,
}

/// <summary>What stands under a name: two identifiers, set apart by a pair of opposites.</summary>
/// <param name="Link">Link of their noun.</param>
/// <param name="First">Identifier of side 0.</param>
/// <param name="Second">Identifier of side 1.</param>
/// <param name="FirstField">Field name of side 0.</param>
/// <param name="SecondField">Field name of side 1.</param>
/// <param name="SecondLeads">Whether side 1 is told first.</param>
internal sealed record RegisteredName(int Link, string First, string Second, string FirstField, string SecondField, bool SecondLeads)
{
    /// <summary>Both identifiers as an error text holds them.</summary>
    public string Listing => SecondLeads ? $"{SecondField}={Second}, {FirstField}={First}" : $"{FirstField}={First}, {SecondField}={Second}";
}
