using StepTool.Embedded.Calls;

namespace StepTool.Embedded.Activations;

/// <summary>Requests in the order they came, linked through themselves; a request is in one list at a time.</summary>
internal struct RequestList
{
    internal Request? First { get; private set; }

    internal Request? Last { get; private set; }

    internal void Add(Request request)
    {
        request.Previous = Last;
        request.Next = null;
        if (Last is null)
        {
            First = request;
        }
        else
        {
            Last.Next = request;
        }

        Last = request;
    }

    internal void Remove(Request request)
    {
        if (request.Previous is null)
        {
            First = request.Next;
        }
        else
        {
            request.Previous.Next = request.Next;
        }

        if (request.Next is null)
        {
            Last = request.Previous;
        }
        else
        {
            request.Next.Previous = request.Previous;
        }

        request.Next = request.Previous = null;
    }

    internal void CopyTo(List<Request> list)
    {
        for (var request = First; request is not null; request = request.Next)
        {
            list.Add(request);
        }
    }
}
