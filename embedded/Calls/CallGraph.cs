using StepTool.Embedded.Activations;

namespace StepTool.Embedded.Calls;

/// <summary>Who waits for whom at one moment, to say why a call was not answered.</summary>
internal sealed class CallGraph
{
    private readonly Dictionary<Activation, Request> _received = [];
    private readonly Dictionary<Activation, Request> _sent = [];

    /// <param name="requests">What runs or waits; of one activation, the running come first and the oldest of them leads.</param>
    internal CallGraph(IEnumerable<Request> requests)
    {
        foreach (var request in requests.Where(request => request.Target is not null))
        {
            _received.TryAdd(request.Target!, request);
            if (request.Caller is { } caller)
            {
                _sent.TryAdd(caller, request);
            }
        }
    }

    /// <summary>The message of a time-out: the chain of calls from the client on, through the overdue call, to what its grain itself waits for.</summary>
    internal string Describe(Request overdue, TimeSpan limit)
    {
        var chain = new LinkedList<Request>([overdue]);
        for (var first = overdue; first.Caller is { } caller && _received.TryGetValue(caller, out var earlier) && !chain.Contains(earlier); first = earlier)
        {
            chain.AddFirst(earlier);
        }

        for (var last = overdue; last.Target is { } target && !IsRepeated(chain, target) && _sent.TryGetValue(target, out var later) && !chain.Contains(later); last = later)
        {
            chain.AddLast(later);
        }

        var path = string.Concat(chain.Select(request => $" -> {request.Target} ({request.Name})"));
        var advice = chain.FirstOrDefault(request => IsRepeated(chain, request.Target!)) is { } repeated
            ? $"It is a cycle: {repeated.Target} waits for itself. Mark the inner method [AlwaysInterleave], or let the outer one return before it is called."
            : "Shorten the work, or give the method a longer [ResponseTimeout].";
        return $"{overdue.Name} on {overdue.Target} was not answered within {limit}. Call chain: {chain.First!.Value.Caller?.ToString() ?? "client"}{path}. {advice}";
    }

    private static bool IsRepeated(IEnumerable<Request> chain, Activation activation) => chain.Count(request => request.Target == activation) > 1;
}
