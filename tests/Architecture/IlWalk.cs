using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace StepTool.Tests.Architecture;

/// <summary>Follows calls through the bodies of an assembly's methods, to say what code can reach. Calls of interfaces end there.</summary>
internal static class IlWalk
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value & 0xFFFF);

    /// <summary>All members that the methods of the types, and whatever they call within the assembly, refer to; each with a method that does.</summary>
    public static Dictionary<MemberInfo, MethodBase> Reach(Assembly assembly, Func<Type, bool> from)
    {
        var reached = new Dictionary<MemberInfo, MethodBase>();
        var seen = new HashSet<MethodBase>();
        var open = new Queue<MethodBase>(assembly.GetTypes().Where(from).SelectMany(Methods));
        while (open.TryDequeue(out var method))
        {
            if (!seen.Add(method))
            {
                continue;
            }

            foreach (var member in References(method))
            {
                reached.TryAdd(member, method);
                if (member is MethodBase { DeclaringType: { } owner } called && owner.Assembly == assembly)
                {
                    open.Enqueue(called);
                    if (owner.IsDefined(typeof(CompilerGeneratedAttribute)))
                    {
                        Methods(owner).ToList().ForEach(open.Enqueue); // iterators and closures run by themselves
                    }
                }
            }
        }

        return reached;
    }

    private static IEnumerable<MethodBase> Methods(Type type) =>
        type.ContainsGenericParameters ? type.GetMethods(All) : type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All));

    private static IEnumerable<MemberInfo> References(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il)
        {
            yield break;
        }

        for (var at = 0; at < il.Length;)
        {
            var value = il[at] == 0xFE ? 0xFE00 | il[at + 1] : il[at];
            at += value > 0xFF ? 2 : 1;
            var code = Codes[value];
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok
                && Resolve(method, BitConverter.ToInt32(il, at)) is { } member)
            {
                yield return member;
            }

            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
        }
    }

    private static MemberInfo? Resolve(MethodBase method, int token)
    {
        var member = method.Module.ResolveMember(
            token,
            method.DeclaringType?.IsGenericType is true ? method.DeclaringType.GetGenericArguments() : null,
            method.IsGenericMethod ? method.GetGenericArguments() : null);
        return member switch
        {
            MethodInfo { IsGenericMethod: true, IsGenericMethodDefinition: false } generic => generic.GetGenericMethodDefinition(),
            _ => member,
        };
    }
}
