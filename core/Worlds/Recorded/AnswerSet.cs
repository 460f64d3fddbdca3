using StepTool.Core.Rewards;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Recorded answers of one API, one for equal calls: of two, one that worked is kept, else the first.</summary>
internal sealed class AnswerSet
{
    private readonly SortedDictionary<string, RecordedAnswer> _answers = new(StringComparer.Ordinal);

    /// <summary>Adds an answer; true when the call is new.</summary>
    public bool Add(RecordedAnswer answer)
    {
        var arguments = ArgumentSet.Read(answer.Arguments).Key;
        if (_answers.TryGetValue(arguments, out var known))
        {
            _answers[arguments] = Works(known) || !Works(answer) ? known : answer;
            return false;
        }

        _answers.Add(arguments, answer);
        return true;
    }

    /// <summary>The answers, in an order that depends on nothing but them.</summary>
    public RecordedAnswer[] ToArray() => [.. _answers.Values];

    private static bool Works(RecordedAnswer answer) =>
        SuccessRule.IsSuccess(new ToolAnswer(RecordedStatus.Of(answer.Error), answer.Error, answer.Response, Provenance.Recorded));
}
