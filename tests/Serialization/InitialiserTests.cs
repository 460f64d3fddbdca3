using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StepTool.Core.Policies;
using StepTool.Core.Rewards;
using StepTool.Core.Runs;
using StepTool.Core.Serialization;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Learning.Checkpoints;
using StepTool.Silo.Cluster;
using StepTool.Tests.Architecture;
using Xunit;

namespace StepTool.Tests.Serialization;

/// <summary>What a text leaves out, because it was written before a property came, is what the property's initialiser or the parameter's default says.</summary>
[Trait("Kind", "Unit")]
public sealed class InitialiserTests
{
    private const string Old = """
        {"run":"r","world":"w","rewards":{},"stages":[
          {"stage":"train","name":"t","policy":"p","iterations":3,"batchSize":8,"settings":{"epochs":2}},
          {"stage":"train","name":"u","policy":"p","iterations":3,"batchSize":8},
          {"stage":"evaluate","name":"e","policy":{"name":"p","pin":"Latest"},"split":"Test"}]}
        """;

    private static readonly Assembly[] House = [typeof(RunPlan).Assembly, typeof(PolicyCheckpoint).Assembly, typeof(IRunGrain).Assembly, typeof(ContractHash).Assembly];

    public static TheoryData<string> Contexts => [.. AllContexts().Select(context => context.GetType().Name)];

    public static TheoryData<string, JsonSerializerOptions> Forms => new()
    {
        { "domain", CoreJson.Default.Of<RunPlan>().Options }, { "state", Wire.State }, { "messages", Wire.Messages },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void RunPlan_OfAnOlderBuild_TakesTheInitialisers(string form, JsonSerializerOptions options)
    {
        var plan = (RunPlan)JsonSerializer.Deserialize(Old, options.GetTypeInfo(typeof(RunPlan)))!;

        var train = new TrainStage { Name = "t", Policy = "p", Iterations = 3, BatchSize = 8, Settings = new TrainingSettings { Epochs = 2 } };
        Assert.Equal(train, plan.Stages[0]);
        Assert.Equal(train with { Name = "u", Settings = new TrainingSettings() }, plan.Stages[1]);
        Assert.Equal(new EvaluateStage { Name = "e", Policy = new PolicyReference("p", PolicyPin.Latest), Split = Split.Test, Mode = DecisionMode.Greedy }, plan.Stages[2]);
        Assert.Equal(new RunPlan { Run = "r", World = "w", Stages = plan.Stages, Rewards = new RewardOptions { StepWeight = 0.5 } }, plan);
        Assert.Equal(("steptool", 0.5, 0.2, 1, 1), (train.Settings.Method, train.FinishShare, train.MistakeShare, train.Attempts, train.MaxStaleness));
        Assert.NotEmpty(form);
    }

    [Fact]
    public void RequiredProperty_LeftOut_IsNamed() =>
        Assert.Contains("'world'", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"run":"r"}""", CoreJson.Default.Of<RunPlan>())).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Contexts))]
    public void Properties_LeftOutOfAnyRecord_TakeTheirInitialisers(string name)
    {
        var context = AllContexts().Single(context => context.GetType().Name == name);
        var roots = Roots(context);
        Assert.NotEmpty(roots);
        Assert.Empty(Lost(RecordForms.Options(context), roots));
    }

    [Fact]
    public void GeneratedForms_ThatLoseInitialisers_AreUsedByNobody()
    {
        var losing = AllContexts().Where(context => Lost(context.Options, Roots(context)).Any()).Select(context => context.GetType()).ToHashSet();
        Assert.Contains(typeof(CoreJson), losing); // while this is so, RecordForms is needed
        Assert.Empty(House.SelectMany(assembly => IlWalk.Reach(assembly, type => !typeof(JsonSerializerContext).IsAssignableFrom(type)))
            .Where(reference => reference.Key is MethodInfo { ReturnType.IsGenericType: true } getter && losing.Contains(getter.DeclaringType!)
                && getter.ReturnType.GetGenericTypeDefinition() == typeof(JsonTypeInfo<>) && getter.ReturnType.GenericTypeArguments[0] != typeof(string))
            .Select(reference => $"{reference.Value.DeclaringType}.{reference.Value.Name} uses {reference.Key.DeclaringType!.Name}.{reference.Key.Name}; use {nameof(RecordForms)}.{nameof(RecordForms.Of)} instead"));
    }

    private static IEnumerable<JsonSerializerContext> AllContexts() => House.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.BaseType == typeof(JsonSerializerContext))
        .Select(type => (JsonSerializerContext)type.GetProperty("Default", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!.GetValue(null)!);

    private static Type[] Roots(JsonSerializerContext context) =>
        [.. context.GetType().GetCustomAttributesData().Where(data => data.AttributeType == typeof(JsonSerializableAttribute)).Select(data => (Type)data.ConstructorArguments[0].Value!)];

    /// <summary>Over all types that are reached: the properties that a text without them gives another value than the type itself does.</summary>
    private static IEnumerable<string> Lost(JsonSerializerOptions options, IEnumerable<Type> roots)
    {
        var open = new Queue<Type>(roots);
        var seen = new HashSet<Type>();
        while (open.TryDequeue(out var type))
        {
            if (!seen.Add(type))
            {
                continue;
            }

            if (!options.TryGetTypeInfo(type, out var info))
            {
                continue;
            }

            var next = info.Properties.Select(property => property.PropertyType)
                .Concat(info.PolymorphismOptions?.DerivedTypes.Select(derived => derived.DerivedType) ?? []).Concat(type.GenericTypeArguments);
            next.ToList().ForEach(open.Enqueue);
            if (info.Kind == JsonTypeInfoKind.Object && !type.IsAbstract)
            {
                foreach (var lost in Lost(info))
                {
                    yield return lost;
                }
            }
        }
    }

    private static IEnumerable<string> Lost(JsonTypeInfo info)
    {
        var (bare, optional) = Bare(info.Type);
        var forms = info.Properties.Where(form => form.AttributeProvider is PropertyInfo property && optional.Contains(property)).ToArray();
        var text = JsonSerializer.SerializeToNode(bare, info)!.AsObject();
        Array.ForEach(forms, form => text.Remove(form.Name));
        var read = JsonSerializer.Deserialize(text, info);
        return forms.Select(form => (PropertyInfo)form.AttributeProvider!)
            .Where(property => Text(property.GetValue(read)) != Text(property.GetValue(bare)))
            .Select(property => $"{info.Type.Name}.{property.Name} is {Text(property.GetValue(read))} instead of {Text(property.GetValue(bare))}");
    }

    /// <summary>An instance of which nothing was said but what must be, and the properties of which nothing was said.</summary>
    private static (object Bare, HashSet<PropertyInfo> Optional) Bare(Type type)
    {
        var filler = new Filler(isFull: true);
        var constructor = type.GetConstructors().MaxBy(one => one.GetParameters().Length)!;
        var bare = constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.HasDefaultValue ? Default(parameter) : filler.Make(parameter.ParameterType, false))]);
        var given = constructor.GetParameters().Where(parameter => !parameter.HasDefaultValue).Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var open = type.GetProperties().Where(property => property.CanWrite && !given.Contains(property.Name)).ToArray();
        foreach (var required in open.Where(property => property.IsDefined(typeof(RequiredMemberAttribute))))
        {
            required.SetValue(bare, filler.Make(required.PropertyType, false));
        }

        return (bare, [.. open.Where(property => !property.IsDefined(typeof(RequiredMemberAttribute)))]);
    }

    private static object? Default(ParameterInfo parameter) =>
        parameter.DefaultValue is { } value ? (parameter.ParameterType.IsEnum ? Enum.ToObject(parameter.ParameterType, value) : value)
        : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null;

    // As reflection sees it: what the forms under test make of it is the question.
    private static string Text(object? value) => value?.GetType().GetProperty("IsDefault")?.GetValue(value) is true ? "a default array" : JsonSerializer.Serialize(value);
}
