using System.Reflection;

namespace StepTool.Grains.State;

/// <summary>
/// Version of the form in which a grain's state is stored; 1 where it is not given. Whoever changes what is written raises it and keeps reading the older ones:
/// an older build then refuses the record, instead of dropping what it does not know.
/// </summary>
/// <param name="version">The version.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StateVersionAttribute(byte version) : Attribute
{
    /// <summary>The version.</summary>
    public byte Version { get; } = version;

    /// <summary>Version of the form in which states of a type are written.</summary>
    public static byte Of(Type state) => state.GetCustomAttribute<StateVersionAttribute>()?.Version ?? 1;
}
