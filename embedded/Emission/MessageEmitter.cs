using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using StepTool.Embedded.Calls;
using StepTool.Embedded.Gateway;

namespace StepTool.Embedded.Emission;

/// <summary>Emits the message class of a grain method.</summary>
internal static class MessageEmitter
{
    private const string MethodField = "Method";
    private const MethodAttributes Override = MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig;

    internal static string FieldName(int position) => string.Create(CultureInfo.InvariantCulture, $"Argument{position}");

    internal static MessageType Emit(ProxyAssembly assembly, MethodInfo method)
    {
        var isStream = InterfaceMethods.IsStream(method);
        var parent = (isStream ? typeof(StreamCall<>) : typeof(Call<>)).MakeGenericType(InterfaceMethods.ResultOf(method) ?? typeof(Nothing));
        var parameters = method.GetParameters();
        assembly.Open(method.ReturnType);
        assembly.Open(method.DeclaringType!);
        Array.ForEach(parameters, parameter => assembly.Open(parameter.ParameterType));

        var type = assembly.Define($"{method.DeclaringType!.Name}.{method.Name}.{method.MetadataToken:x}", parent);
        var descriptor = type.DefineField(MethodField, typeof(GrainMethod), FieldAttributes.Public | FieldAttributes.Static);
        var fields = parameters.Select((parameter, position) => IsToken(parameter)
            ? null
            : type.DefineField(FieldName(position), parameter.ParameterType, FieldAttributes.Public)).ToArray();
        var constructor = type.DefineDefaultConstructor(MethodAttributes.Public);

        EmitMethod(type, parent, descriptor);
        EmitInvoke(type, parent, method, fields, isStream);
        EmitWrite(type, parent, fields);
        EmitRead(type, parent, fields);
        EmitCreate(type, constructor);

        var made = type.CreateType();
        var grainMethod = new GrainMethod(method.DeclaringType, method);
        made.GetField(MethodField)!.SetValue(null, grainMethod);
        return new(grainMethod, made, made.GetMethod("Create")!.CreateDelegate<Func<object>>());
    }

    private static bool IsToken(ParameterInfo parameter) => parameter.ParameterType == typeof(CancellationToken);

    private static void EmitMethod(TypeBuilder type, Type parent, FieldInfo descriptor)
    {
        var il = Begin(type, parent.GetProperty(MethodField)!.GetMethod!);
        il.Emit(OpCodes.Ldsfld, descriptor);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitInvoke(TypeBuilder type, Type parent, MethodInfo method, FieldInfo?[] fields, bool isStream)
    {
        var il = Begin(type, parent.GetMethod(isStream ? "Open" : "Invoke")!);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Castclass, method.DeclaringType!);
        foreach (var field in fields)
        {
            if (field is not null)
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldfld, field);
            }
            else if (isStream)
            {
                il.Emit(OpCodes.Ldarg_2);
            }
            else
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Call, parent.GetProperty("Token")!.GetMethod!);
            }
        }

        il.Emit(OpCodes.Callvirt, method);
        if (!isStream && ToTask(method.ReturnType) is { } toTask)
        {
            il.Emit(OpCodes.Call, toTask);
        }

        il.Emit(OpCodes.Ret);
    }

    /// <summary>What turns the method's result into a <see cref="Task{TResult}"/>, or null where it is one.</summary>
    private static MethodInfo? ToTask(Type returned) =>
        returned == typeof(Task) || returned == typeof(ValueTask) ? typeof(Nothing).GetMethod(nameof(Nothing.From), [returned])
        : returned.GetGenericTypeDefinition() == typeof(ValueTask<>) ? typeof(MessageEmitter).GetMethod(nameof(AsTask))!.MakeGenericMethod(returned.GenericTypeArguments)
        : null;

    /// <summary>Called by emitted code.</summary>
    public static Task<T> AsTask<T>(ValueTask<T> task) => task.AsTask();

    private static void EmitWrite(TypeBuilder type, Type parent, FieldInfo?[] fields)
    {
        var il = Begin(type, parent.GetMethod(nameof(IWireMessage.Write))!);
        foreach (var field in fields.OfType<FieldInfo>())
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
            il.Emit(OpCodes.Callvirt, typeof(ArgumentWriter).GetMethod(nameof(ArgumentWriter.Write))!.MakeGenericMethod(field.FieldType));
        }

        il.Emit(OpCodes.Ret);
    }

    private static void EmitRead(TypeBuilder type, Type parent, FieldInfo?[] fields)
    {
        var il = Begin(type, parent.GetMethod(nameof(IWireMessage.Read))!);
        foreach (var field in fields.OfType<FieldInfo>())
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Callvirt, typeof(ArgumentReader).GetMethod(nameof(ArgumentReader.Read))!.MakeGenericMethod(field.FieldType));
            il.Emit(OpCodes.Stfld, field);
        }

        il.Emit(OpCodes.Ret);
    }

    private static void EmitCreate(TypeBuilder type, ConstructorInfo constructor)
    {
        var il = type.DefineMethod("Create", MethodAttributes.Public | MethodAttributes.Static, typeof(object), []).GetILGenerator();
        il.Emit(OpCodes.Newobj, constructor);
        il.Emit(OpCodes.Ret);
    }

    private static ILGenerator Begin(TypeBuilder type, MethodInfo overridden)
    {
        var method = type.DefineMethod(
            overridden.Name,
            Override | (overridden.IsSpecialName ? MethodAttributes.SpecialName : 0),
            overridden.ReturnType,
            [.. overridden.GetParameters().Select(parameter => parameter.ParameterType)]);
        return method.GetILGenerator();
    }
}
