using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace StepTool.Embedded.Emission;

/// <summary>The assembly that the types of one grain interface are emitted to. It may use what is internal where the interface's types live.</summary>
internal sealed class ProxyAssembly
{
    private readonly AssemblyBuilder _assembly;
    private readonly ModuleBuilder _module;
    private readonly HashSet<Assembly> _opened = [];

    internal ProxyAssembly(Type grainInterface)
    {
        var name = new AssemblyName($"StepTool.Embedded.Proxies.{grainInterface.FullName}");
        _assembly = AssemblyBuilder.DefineDynamicAssembly(name, AssemblyBuilderAccess.Run);
        _module = _assembly.DefineDynamicModule(name.Name!);
        Open(typeof(ProxyAssembly));
        Open(grainInterface);
    }

    internal TypeBuilder Define(string name, Type parent) => _module.DefineType(name, TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.Class, parent);

    /// <summary>Lets emitted code use a type, and those it is made of, whatever their access.</summary>
    internal void Open(Type type)
    {
        if (type.HasElementType)
        {
            Open(type.GetElementType()!);
        }

        foreach (var argument in type.GenericTypeArguments)
        {
            Open(argument);
        }

        if (_opened.Add(type.Assembly))
        {
            var attribute = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
            _assembly.SetCustomAttribute(new CustomAttributeBuilder(attribute, [type.Assembly.GetName().Name]));
        }
    }
}
