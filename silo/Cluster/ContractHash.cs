using System.Reflection;
using System.Text;
using StepTool.Core.Chance;

namespace StepTool.Silo.Cluster;

/// <summary>A hash over the grain interfaces and every record that crosses them: equal hashes mean that two builds understand each other.</summary>
public static class ContractHash
{
    private const int Digits = 16;

    /// <summary>Hash of a set of grain interfaces.</summary>
    public static string Of(IEnumerable<Type> interfaces) => StableHash.Content(Describe(interfaces))[..Digits];

    /// <summary>The text that is hashed, one line a method or record: what to compare where two hashes differ.</summary>
    public static string Describe(IEnumerable<Type> interfaces)
    {
        var records = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var contract in interfaces.OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            foreach (var method in contract.GetMethods().OrderBy(method => method.ToString(), StringComparer.Ordinal))
            {
                var parameters = method.GetParameters().Select(parameter => Name(parameter.ParameterType, records));
                text.Append(contract.FullName).Append('.').Append(method.Name).Append('(').AppendJoin(", ", parameters).Append("): ")
                    .Append(Name(method.ReturnType, records)).Append('\n');
            }
        }

        return text.AppendJoin('\n', records.Values).ToString();
    }

    private static string Name(Type type, SortedDictionary<string, string> records)
    {
        if (type.IsArray)
        {
            return Name(type.GetElementType()!, records) + "[]";
        }

        if (type.IsGenericType)
        {
            return $"{type.Name}<{string.Join(", ", type.GetGenericArguments().Select(argument => Name(argument, records)))}>";
        }

        if (type.FullName is { } name && name.StartsWith("StepTool.", StringComparison.Ordinal) && !records.ContainsKey(name))
        {
            records[name] = name; // known from here on: records may hold each other
            records[name] = $"{name} {{ {string.Join(", ", Members(type, records))} }}";
        }

        return type.FullName ?? type.Name;
    }

    private static IEnumerable<string> Members(Type type, SortedDictionary<string, string> records) => type.IsEnum
        ? Enum.GetNames(type)
        : Cases(type, records)
            .Concat(type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.GetIndexParameters().Length == 0 && property.CanWrite)
                .OrderBy(property => property.Name, StringComparer.Ordinal)
                .Select(property => $"{property.Name}: {Name(property.PropertyType, records)}"));

    // The closed cases of an abstract record are part of its form.
    private static IEnumerable<string> Cases(Type type, SortedDictionary<string, string> records) => !type.IsAbstract
        ? []
        : type.Assembly.GetTypes().Where(other => other.BaseType == type).OrderBy(other => other.FullName, StringComparer.Ordinal)
            .Select(other => $"case {Name(other, records)}");
}
