using System.Reflection;
using System.Reflection.Emit;
using Orleans.Runtime;
using StepTool.Embedded.Calls;

namespace StepTool.Embedded.Emission;

/// <summary>Emits the proxy class of a grain interface: each method fills a message and sends it.</summary>
internal static class ProxyEmitter
{
    private const BindingFlags Internal = BindingFlags.Instance | BindingFlags.NonPublic;

    internal static Func<Route, GrainId, GrainReference> Emit(ProxyAssembly assembly, Type grainInterface, List<MethodInfo> methods, List<MessageType> messages)
    {
        var type = assembly.Define($"{grainInterface.Name}.Reference", typeof(GrainReference));
        type.AddInterfaceImplementation(grainInterface);
        var constructor = EmitConstructor(type);
        for (var i = 0; i < methods.Count; i++)
        {
            EmitMethod(type, methods[i], messages[i]);
        }

        EmitCreate(type, constructor);
        return type.CreateType().GetMethod("Create")!.CreateDelegate<Func<Route, GrainId, GrainReference>>();
    }

    private static ConstructorBuilder EmitConstructor(TypeBuilder type)
    {
        Type[] parameters = [typeof(Route), typeof(GrainId)];
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, parameters);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Call, typeof(GrainReference).GetConstructor(Internal, parameters)!);
        il.Emit(OpCodes.Ret);
        return constructor;
    }

    private static void EmitMethod(TypeBuilder type, MethodInfo method, MessageType message)
    {
        var parameters = method.GetParameters();
        var builder = type.DefineMethod(
            $"{method.DeclaringType!.FullName}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot,
            method.ReturnType,
            [.. parameters.Select(parameter => parameter.ParameterType)]);
        type.DefineMethodOverride(builder, method);

        var il = builder.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Newobj, message.Constructor);
        var token = -1;
        for (var i = 0; i < parameters.Length; i++)
        {
            if (parameters[i].ParameterType == typeof(CancellationToken))
            {
                token = i;
                continue;
            }

            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldarg, (short)(i + 1));
            il.Emit(OpCodes.Stfld, message.Argument(i));
        }

        if (token >= 0)
        {
            il.Emit(OpCodes.Ldarg, (short)(token + 1));
        }
        else
        {
            var none = il.DeclareLocal(typeof(CancellationToken));
            il.Emit(OpCodes.Ldloca, none);
            il.Emit(OpCodes.Initobj, typeof(CancellationToken));
            il.Emit(OpCodes.Ldloc, none);
        }

        il.Emit(OpCodes.Call, SendOf(method));
        il.Emit(OpCodes.Ret);
    }

    private static MethodInfo SendOf(MethodInfo method)
    {
        var result = InterfaceMethods.ResultOf(method);
        var name = InterfaceMethods.IsStream(method) ? nameof(GrainReference.Stream)
            : method.ReturnType == typeof(ValueTask) ? nameof(GrainReference.SendVoid)
            : method.ReturnType.IsValueType ? nameof(GrainReference.SendValue)
            : nameof(GrainReference.Send);
        var send = typeof(GrainReference).GetMethod(name, Internal)!;
        return send.IsGenericMethodDefinition ? send.MakeGenericMethod(result ?? typeof(Nothing)) : send;
    }

    private static void EmitCreate(TypeBuilder type, ConstructorInfo constructor)
    {
        var il = type.DefineMethod("Create", MethodAttributes.Public | MethodAttributes.Static, typeof(GrainReference), [typeof(Route), typeof(GrainId)]).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Newobj, constructor);
        il.Emit(OpCodes.Ret);
    }
}
