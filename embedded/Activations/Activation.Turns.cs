using StepTool.Embedded.Calls;

namespace StepTool.Embedded.Activations;

internal sealed partial class Activation
{
    private RequestList _running;
    private RequestList _waiting;
    private int _exclusive;
    private int _shared;

    /// <summary>Takes a request, to run it at once or when its turn comes; false when the activation is gone and another must take it.</summary>
    internal bool Receive(Request request)
    {
        bool schedule;
        bool watch;
        lock (_gate)
        {
            if (_phase == Phase.Gone)
            {
                return false;
            }

            request.Target = this;
            if (_phase == Phase.Active && MayRun(request))
            {
                Admit(request);
            }
            else
            {
                _waiting.Add(request);
                BeginIfFresh();
            }

            _used |= request.KeepsAlive;
            watch = !_watched;
            _watched = true;
            schedule = MustSchedule();
        }

        if (schedule)
        {
            Schedule();
        }

        if (watch)
        {
            _engine.Watch(this);
        }

        return true;
    }

    /// <summary>Ends a request's turn and lets those in that waited for it.</summary>
    internal void Finish(Request request)
    {
        bool schedule;
        lock (_gate)
        {
            _running.Remove(request);
            switch (TurnOf(request))
            {
                case Turn.Exclusive:
                    _exclusive--;
                    break;
                case Turn.Shared:
                    _shared--;
                    break;
            }

            _used |= request.KeepsAlive;
            if (_phase == Phase.Active)
            {
                AdmitWaiting();
            }
            else
            {
                EndIfDone();
            }

            schedule = MustSchedule();
        }

        if (schedule)
        {
            Schedule();
        }
    }

    private Turn TurnOf(Request request) => Class.IsReentrant ? Turn.Interleaved : request.Turn;

    private bool MayRun(Request request) => TurnOf(request) switch
    {
        Turn.Interleaved => true,
        Turn.Shared => _exclusive == 0,
        _ => _exclusive == 0 && _shared == 0,
    };

    private void Admit(Request request)
    {
        switch (TurnOf(request))
        {
            case Turn.Exclusive:
                _exclusive++;
                break;
            case Turn.Shared:
                _shared++;
                break;
        }

        _running.Add(request);
        _work.Enqueue(request);
    }

    /// <summary>As on Orleans, a shared call passes exclusive ones that wait: what runs may depend on it.</summary>
    private void AdmitWaiting()
    {
        for (var request = _waiting.First; request is not null && _exclusive == 0;)
        {
            var next = request.Next;
            if (MayRun(request))
            {
                _waiting.Remove(request);
                Admit(request);
            }

            request = next;
        }
    }
}
