using System.Collections.Immutable;
using StepTool.Core.Chance;
using StepTool.Core.Tasks;
using StepTool.Core.Worlds.BuiltIn.Words;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>Writes the tasks of a world: follows each plan through the world's own answers to its truth.</summary>
internal sealed class TaskWriter(BuiltInWorldOptions options, Catalogue catalogue, Ledger ledger, Identifiers identifiers, Answers answers)
{
    private const int SpareTurns = 3;
    private const double IdleMirrorShare = 0.1;

    /// <summary>Writes one task.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="suite">The suite it belongs to.</param>
    /// <param name="depth">Length of its chain.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="sameSplit">The suites that distractors may come from.</param>
    public GeneratedTask Write(string id, Suite suite, int depth, TaskKind kind, IReadOnlyList<Suite> sameSplit)
    {
        var random = new SeededRandom(StableHash.Of(id, options.Seed));
        var plan = new ChainPlan(suite, depth, kind, random);
        var chain = Follow(plan, random);
        var value = answers.Fields(chain[^1].Api, chain[^1].Id).Single(field => field.Rule.Name == plan.Attribute.Field).Value;
        PlanFaults(plan, chain, value);
        var name = kind == TaskKind.Probe ? Register(plan, chain[0].Id, random) : null;
        var query = new QueryWriter(plan, options, random).Write(name ?? chain[0].Id);
        var task = new AgentTask
        {
            Id = id,
            Query = query,
            Offered = new OfferWriter(plan, catalogue, sameSplit, random).Write(chain),
            MaxTurns = depth + SpareTurns,
        };
        var labels = new TaskLabels(suite.Split, suite.Name, BuiltInWorld.Group, depth, kind.ToString().ToLowerInvariant());
        return new GeneratedTask(task, labels, plan.Attribute.Field, new TaskTruth(value, chain, name));
    }

    // What the task needs works, but for the one call that its kind makes fail; so do its dead end and its bait.
    private void PlanFaults(ChainPlan plan, ImmutableArray<ChainCall> chain, string value)
    {
        foreach (var call in chain)
        {
            ledger.Plan(call.Api, call.Id, PlannedFault.None);
            if (call.Mirror is not null)
            {
                ledger.Plan(call.Mirror, call.Id, PlannedFault.None);
            }
        }

        if (plan.Kind is TaskKind.Permanent or TaskKind.Retriable)
        {
            var faulty = chain[plan.FaultyStep];
            ledger.Plan(faulty.Api, faulty.Id, plan.Kind == TaskKind.Permanent ? PlannedFault.Permanent : PlannedFault.Retriable);
        }

        if (plan.DeadEnd is { } deadEnd)
        {
            ledger.Plan(catalogue.Get(plan.Suite, deadEnd), chain[0].Id, PlannedFault.None);
        }

        if (plan.Digest is { } digest)
        {
            ledger.Plan(catalogue.Get(plan.Suite, digest), chain[0].Id, PlannedFault.None);
            ledger.Remark(catalogue.Get(plan.Suite, digest), chain[0].Id, value);
            ledger.Remark(catalogue.Get(plan.Suite, digest.Twin), chain[0].Id, value);
        }
    }

    // A start whose calls no other task has planned; nearly always the first one drawn.
    private ImmutableArray<ChainCall> Follow(ChainPlan plan, SeededRandom random)
    {
        var mirrored = plan.Kind == TaskKind.Permanent || random.NextDouble() < IdleMirrorShare ? plan.FaultyStep : -1;
        while (true)
        {
            var id = identifiers.Make(plan.Suite.Nouns[plan.Start].Prefix, random.Next(), Standing.Sound);
            var chain = ImmutableArray.CreateBuilder<ChainCall>(plan.Depth);
            for (var step = 0; step < plan.Depth; step++)
            {
                var api = catalogue.Get(plan.Suite, plan.Slots[step]);
                chain.Add(new ChainCall(api, step == mirrored ? catalogue.Get(plan.Suite, plan.Slots[step].Mirror) : null, id));
                if (step < plan.Depth - 1)
                {
                    id = answers.Fields(api, id).Single(field => field.Rule is ReferenceField reference && reference.Side == plan.Sides[step]).Value;
                }
            }

            if (chain.All(call => ledger.IsFree(call.Api, call.Id) && (call.Mirror is null || ledger.IsFree(call.Mirror, call.Id))))
            {
                return chain.MoveToImmutable();
            }
        }
    }

    private string Register(ChainPlan plan, string id, SeededRandom random)
    {
        var (suite, noun) = (plan.Suite, plan.Suite.Nouns[plan.Start]);
        string Field(int side) => $"{Suite.FieldWord(suite.Draw(suite.Selectors[^1][side], options.FieldAgreement, random))}_{suite.Reference(noun)}";
        string other;
        do
        {
            other = identifiers.Make(noun.Prefix, random.Next(), Standing.Sound);
        }
        while (other == id);

        var (first, second) = plan.NameSide == 0 ? (id, other) : (other, id);
        var registered = new RegisteredName(plan.Start, first, second, Field(0), Field(1), random.NextInt(2) == 0);
        while (true)
        {
            var name = Names.Word(random);
            if (ledger.Register(suite, name, registered))
            {
                return name;
            }
        }
    }
}
