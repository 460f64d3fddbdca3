using System.Collections.Immutable;
using System.Reflection;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using Xunit;

namespace StepTool.Tests.Architecture;

[Trait("Kind", "Unit")]
public sealed class ContractTests
{
    [Fact]
    public void Messages_AllInterfaces_AreFound()
    {
        Assert.Contains(typeof(TrainingOrder), ContractTypes.Messages);
        Assert.InRange(ContractTypes.Messages.Length, 20, 60);
        Assert.InRange(ContractTypes.States.Length, 7, 20);
    }

    [Fact]
    public void Messages_HaveTheirWireForm() => Assert.All(ContractTypes.Messages, type => Assert.NotNull(Wire.Messages.GetTypeInfo(type)));

    [Fact]
    public void States_HaveTheirStoredForm() => Assert.All(ContractTypes.States, type => Assert.NotNull(Wire.State.GetTypeInfo(type)));

    [Fact]
    public void MessagesAndStates_AreDeeplyImmutable()
    {
        var seen = new HashSet<Type>();
        Assert.Empty(ContractTypes.Messages.Concat(ContractTypes.States).SelectMany(type => Mutable(type, type.Name, seen)));
    }

    [Fact]
    public void Mutable_OfATypeThatIs_SaysWhere() =>
        Assert.Equal(["Holder.Items of List`1", "Holder.<Count>k__BackingField can be set"], Mutable(typeof(Holder), "Holder", []).Order(StringComparer.Ordinal).Reverse());

    [Fact]
    public void Interfaces_TakeACancellationTokenLastAndCarryAliases() =>
        Assert.All(
            typeof(IRunGrain).Assembly.GetTypes().Where(type => type.IsInterface && typeof(IGrainWithStringKey).IsAssignableFrom(type)),
            type =>
            {
                Assert.NotNull(type.GetCustomAttribute<AliasAttribute>());
                Assert.All(type.GetMethods(), method =>
                {
                    Assert.NotNull(method.GetCustomAttribute<AliasAttribute>());
                    Assert.Equal(typeof(CancellationToken), method.GetParameters()[^1].ParameterType);
                });
                Assert.Distinct(type.GetMethods().Select(method => method.GetCustomAttribute<AliasAttribute>()!.Alias));
            });

    private static IEnumerable<string> Mutable(Type type, string path, HashSet<Type> seen)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal) || type == typeof(DateTimeOffset) || type == typeof(TimeSpan) || !seen.Add(type))
        {
            return [];
        }

        if (type.IsGenericType && (type.Namespace == typeof(ImmutableArray).Namespace || type.GetGenericTypeDefinition() == typeof(Nullable<>)))
        {
            return type.GenericTypeArguments.SelectMany(argument => Mutable(argument, path, seen));
        }

        if (type.Assembly == typeof(object).Assembly || type.IsArray || type.IsInterface)
        {
            return [$"{path} of {type.Name}"];
        }

        var fields = Hierarchy(type).SelectMany(owner => owner.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)).ToArray();
        return fields.Where(field => !field.IsInitOnly).Select(field => $"{path}.{field.Name} can be set")
            .Concat(fields.SelectMany(field => Mutable(field.FieldType, $"{path}.{field.Name}", seen)))
            .Concat(type.IsAbstract ? type.Assembly.GetTypes().Where(derived => derived.BaseType == type).SelectMany(derived => Mutable(derived, derived.Name, seen)) : []);
    }

    private static IEnumerable<Type> Hierarchy(Type type)
    {
        for (var owner = type; owner is not null && owner != typeof(object) && owner != typeof(ValueType); owner = owner.BaseType)
        {
            yield return owner;
        }
    }

    private sealed class Holder
    {
        public readonly List<int> Items = [];

        public int Count { get; set; }
    }
}
