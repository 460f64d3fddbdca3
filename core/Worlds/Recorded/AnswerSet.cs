using StepTool.Core.Rewards;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>
/// Recorded answers of one API, one for equal calls: of two, one that worked is kept, else the first. The others, and answers to inputs that are no
/// arguments, are kept apart: they are known by their very text only.
/// </summary>
internal sealed class AnswerSet
{
    private readonly SortedDictionary<string, RecordedAnswer> _answers = new(StringComparer.Ordinal);
    private readonly List<RecordedAnswer> _others = [];

    /// <summary>Adds an answer; true when the call is new.</summary>
    public bool Add(RecordedAnswer answer)
    {
        if (answer.Arguments.Length == 0)
        {
            _others.Add(answer);
            return false;
        }

        var arguments = ArgumentSet.Read(answer.Arguments).Key;
        if (!_answers.TryGetValue(arguments, out var known))
        {
            _answers.Add(arguments, answer);
            return true;
        }

        var kept = Works(known) || !Works(answer) ? known : answer;
        var other = kept == known ? answer : known;
        _answers[arguments] = kept;
        if (other.Text != kept.Text)
        {
            _others.Add(other);
        }

        return false;
    }

    /// <summary>The API with these answers, in an order that depends on nothing but them.</summary>
    public ApiDefinition AddTo(ApiDefinition api) => api with { Answers = [.. _answers.Values], Others = [.. _others] };

    private static bool Works(RecordedAnswer answer) =>
        SuccessRule.IsSuccess(new ToolAnswer(RecordedStatus.Of(answer.Error), answer.Error, answer.Response, Provenance.Recorded));
}
