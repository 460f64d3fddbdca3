namespace System.Runtime.CompilerServices;

/// <summary>Known to the runtime by its name: code of the assembly that carries it may use what is internal in the one it names.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
