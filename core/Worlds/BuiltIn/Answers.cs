using System.Globalization;
using System.Text;
using System.Text.Json;
using StepTool.Core.Chance;
using StepTool.Core.Tools;
using StepTool.Core.Worlds.BuiltIn.Words;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>Answers calls by hash of API and identifier, so that a wrong call is as plausible as a right one.</summary>
internal sealed class Answers(Identifiers identifiers, Ledger ledger, BuiltInWorldOptions options)
{
    private const double MeanDepth = 2.5;
    private static readonly DateOnly FirstDay = new(2023, 1, 1);

    // Calls that no task has planned fail as often as those of chains do, so that a fault does not tell them apart.
    private readonly double _retriableRate = options.RetriableShare / MeanDepth;
    private readonly double _permanentRate = options.PermanentShare / MeanDepth;

    /// <summary>Answers a call of a known API.</summary>
    public ToolAnswer Answer(GeneratedApi api, string arguments, int attempt)
    {
        var error = Argument(api, arguments, out var id) ?? Fault(api, id, attempt);
        if (error is not null)
        {
            return error;
        }

        var standing = identifiers.StandingOf(id);
        return standing == Standing.Void || (standing == Standing.Doomed && api.Slot.Kind != SlotKind.Hop)
            ? Failure(ToolStatus.NotFound, $"Nothing is on file under this {api.Parameter}.")
            : new ToolAnswer(ToolStatus.Ok, "", Json(Fields(api, id)), Provenance.World);
    }

    /// <summary>The fields of a successful answer.</summary>
    public List<AnsweredField> Fields(GeneratedApi api, string id)
    {
        var fields = new List<AnsweredField>(api.Fields.Length);
        var seed = StableHash.Combine(api.DataSeed, StableHash.Of(id));
        var given = new HashSet<string>(StringComparer.Ordinal) { id };
        foreach (var rule in api.Fields)
        {
            // A mirror may name a reference by another word: what counts is its side.
            var hash = rule is ReferenceField { Side: var side } ? StableHash.Combine(seed, (ulong)side) : StableHash.Of(rule.Name, seed);
            fields.Add(rule switch
            {
                EchoField => new AnsweredField(rule, id, true),
                ReferenceField reference => new AnsweredField(rule, Reference(api, reference, id, hash, given), true),
                ValueField value => new AnsweredField(rule, Value(value.Kind, hash), IsText(value.Kind)),
                RemarkField remark => new AnsweredField(rule, $"{ledger.Remark(api, id) ?? Value(remark.Kind, hash)} as it was noted", true),
                _ => throw new InvalidOperationException($"No rule makes fields of type {rule.GetType().Name}."),
            });
        }

        return fields;
    }

    private string Reference(GeneratedApi api, ReferenceField rule, string id, ulong hash, HashSet<string> given)
    {
        var standing = api.Slot.Kind == SlotKind.DeadEnd ? Standing.Doomed
            : identifiers.StandingOf(id) == Standing.Doomed ? Standing.Void
            : Standing.Sound;
        while (true)
        {
            var reference = identifiers.Make(rule.Prefix, hash, standing);
            if (given.Add(reference))
            {
                return reference;
            }

            hash = StableHash.Combine(hash, 2);
        }
    }

    private ToolAnswer? Argument(GeneratedApi api, string arguments, out string id)
    {
        id = "";
        if (!CanonicalArguments.TryFromJson(arguments, out var canonical, out var malformed))
        {
            return Failure(ToolStatus.BadInput, $"The arguments are not a JSON object ({malformed.Message}).");
        }

        using var document = JsonDocument.Parse(canonical);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (!api.Documentation.Parameters.Any(parameter => parameter.Name == property.Name))
            {
                return Failure(ToolStatus.BadInput, $"There is no parameter {property.Name}; {api.Documentation.ApiName} takes {api.Parameter}.");
            }
        }

        if (!document.RootElement.TryGetProperty(api.Parameter, out var element) || element.ValueKind != JsonValueKind.String)
        {
            return Failure(ToolStatus.BadInput, $"The required parameter {api.Parameter} is missing or no text.");
        }

        id = element.GetString()!;
        if (ledger.Registered(api.Suite, id) is { } registered && registered.Link == api.Slot.Link)
        {
            return Failure(ToolStatus.BadInput, $"{api.Parameter} takes an identifier and no name. On file under this name: {registered.Listing}");
        }

        return !Identifiers.IsWellFormed(id) || (api.IsStrict && !id.StartsWith(api.Prefix, StringComparison.Ordinal))
            ? Failure(ToolStatus.BadInput, $"{api.Parameter} takes an identifier that is written {api.Prefix}-nnnn.")
            : null;
    }

    private ToolAnswer? Fault(GeneratedApi api, string id, int attempt)
    {
        var hash = StableHash.Of(id, StableHash.Combine(api.Slot.Seed(api.Suite.Seed, ofData: false), 0xFA));
        return (ledger.Fault(api, id) ?? Unplanned(hash)) switch
        {
            PlannedFault.Retriable when attempt == 0 => (hash % 3) switch
            {
                0 => Failure(ToolStatus.RateLimited, "Rate limit reached, the call was not made. Try again."),
                1 => Failure(ToolStatus.TimedOut, "The backend timed out this time. Try again."),
                _ => Failure(ToolStatus.TooManyRequests, "The service is busy and temporarily unavailable. Retry the call."),
            },
            PlannedFault.Permanent => (hash & 8) == 0
                ? Failure(ToolStatus.RequestError, $"{api.Documentation.ToolName} was retired here and will not come back. Use an equivalent API.")
                : Failure(ToolStatus.NotSubscribed, "This API is no longer offered here. Switch to an equivalent one."),
            _ => null,
        };
    }

    private PlannedFault Unplanned(ulong hash)
    {
        var chance = new SeededRandom(hash).NextDouble();
        return chance < _retriableRate ? PlannedFault.Retriable
            : chance < _retriableRate + _permanentRate ? PlannedFault.Permanent
            : PlannedFault.None;
    }

    private static string Value(ValueKind kind, ulong hash) => kind switch
    {
        ValueKind.Amount => ((100 + (hash % 99_900)) / 100m).ToString("0.00", CultureInfo.InvariantCulture),
        ValueKind.Count => (10 + (hash % 9_990)).ToString(CultureInfo.InvariantCulture),
        ValueKind.Day => FirstDay.AddDays((int)(hash % 1_460)).ToString("O", CultureInfo.InvariantCulture),
        ValueKind.Person => Names.Person(hash),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A value is an amount, a count, a day or a person."),
    };

    private static bool IsText(ValueKind kind) => kind is ValueKind.Day or ValueKind.Person;

    // Names and values hold letters, digits and plain punctuation only: nothing to escape.
    private static string Json(List<AnsweredField> fields)
    {
        var text = new StringBuilder("{", 256);
        foreach (var field in fields)
        {
            text.Append(text.Length > 1 ? ", \"" : "\"").Append(field.Rule.Name).Append("\": ");
            _ = field.IsText ? text.Append('"').Append(field.Value).Append('"') : text.Append(field.Value);
        }

        return text.Append('}').ToString();
    }

    private static ToolAnswer Failure(ToolStatus status, string error) => new(status, error, "", Provenance.World);
}

/// <summary>One field of an answer.</summary>
/// <param name="Rule">Its rule.</param>
/// <param name="Value">Its value as text.</param>
/// <param name="IsText">Whether JSON quotes it.</param>
internal readonly record struct AnsweredField(FieldRule Rule, string Value, bool IsText);
