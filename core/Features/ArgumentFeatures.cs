using System.Collections.Immutable;
using StepTool.Core.Candidates;
using StepTool.Core.Episodes;
using StepTool.Core.Text;

namespace StepTool.Core.Features;

/// <summary>Features of a candidate's arguments: where the values come from and whether the words that name them are the query's. Read anew for each situation, in the same memory.</summary>
internal sealed class ArgumentFeatures
{
    private Situation _situation = null!;
    private TaskIndex _index = null!;
    private History _history = null!;
    private ImmutableArray<Candidate> _candidates;
    private Qualifier[] _qualifiers = [];

    /// <summary>Forgets what it held and reads a situation's candidates.</summary>
    internal void Read(Situation situation, TaskIndex index, History history, ImmutableArray<Candidate> candidates)
    {
        (_situation, _index, _history, _candidates) = (situation, index, history, candidates);
        Scratch.Clear(ref _qualifiers, candidates.Length);
        for (var row = 0; row < candidates.Length; row++)
        {
            _qualifiers[row] = Qualify(candidates[row]);
        }
    }

    internal void Write(int row, Span<float> features)
    {
        var candidate = _candidates[row];
        var call = ((CallApi)candidate.Action).Call;
        foreach (var step in _situation.Steps)
        {
            if (call.Equals(step.Call))
            {
                features[(int)(step.Success ? CandidateFeature.CallSucceeded : CandidateFeature.CallFailed)] = 1;
            }
        }

        features[(int)CandidateFeature.AllBound] = 1;
        features[(int)CandidateFeature.WeakestMatch] = 1;
        foreach (var binding in candidate.Bindings)
        {
            WriteBinding(binding, features);
        }

        var qualifier = _qualifiers[row];
        features[(int)CandidateFeature.QualifierInQuery] = qualifier.InQuery;
        features[(int)CandidateFeature.QualifierForeign] = qualifier.Foreign;
        features[(int)CandidateFeature.QualifierTrigrams] = qualifier.Trigrams;
        features[(int)CandidateFeature.QualifierAdvantage] = Advantage(row);
        features[(int)CandidateFeature.ContextInDocumentation] = qualifier.InDocumentation;
        features[(int)CandidateFeature.IsAlternative] = row > 0 && FirstOf(candidate.Api) != row ? 1 : 0;
    }

    private void WriteBinding(ArgumentBinding binding, Span<float> features)
    {
        features[(int)(binding.Source switch
        {
            ArgumentSource.Query => CandidateFeature.FromQuery,
            ArgumentSource.Observation => CandidateFeature.FromAnswer,
            ArgumentSource.Error => CandidateFeature.FromError,
            ArgumentSource.Default or ArgumentSource.Choice => CandidateFeature.FromDefault,
            _ => CandidateFeature.FromNothing,
        })] = 1;
        ref var weakest = ref features[(int)CandidateFeature.WeakestMatch];
        weakest = Math.Min(weakest, binding.Match);
        if (binding.Source is ArgumentSource.Fallback)
        {
            features[(int)CandidateFeature.AllBound] = 0;
        }

        if (binding.Step >= 0)
        {
            features[(int)CandidateFeature.FromLastStep] = binding.Step == _situation.Steps.Length - 1 ? 1 : 0;
            features[(int)CandidateFeature.Age] = (_situation.Steps.Length - 1 - binding.Step) / 5f;
        }

        foreach (var arguments in _history.Used)
        {
            if (arguments.Contains(binding.Value, StringComparison.Ordinal))
            {
                features[(int)CandidateFeature.ValueUsed] = 1;
            }
        }

        if (binding.Source is ArgumentSource.Observation or ArgumentSource.Error && IsFirstInSource(binding))
        {
            features[(int)CandidateFeature.FirstInSource] = 1;
        }
    }

    // Whether no other value of the same answer would have fitted the parameter before this one.
    private bool IsFirstInSource(ArgumentBinding binding)
    {
        var observation = _situation.Steps[binding.Step].Observation;
        var at = observation.IndexOf(binding.Value, StringComparison.Ordinal);
        foreach (var candidate in _candidates)
        {
            foreach (var other in candidate.Bindings)
            {
                if (other.Step == binding.Step && other.Value != binding.Value && observation.IndexOf(other.Value, StringComparison.Ordinal) < at)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private int FirstOf(int api)
    {
        for (var row = 0; row < _candidates.Length; row++)
        {
            if (_candidates[row].Api == api)
            {
                return row;
            }
        }

        return -1;
    }

    // Against the best rival for the same API: positive when this candidate's values are named more like the query speaks.
    private float Advantage(int row)
    {
        var rival = float.NegativeInfinity;
        for (var other = 0; other < _candidates.Length; other++)
        {
            if (other != row && _candidates[other].Api == _candidates[row].Api)
            {
                rival = Math.Max(rival, _qualifiers[other].Score);
            }
        }

        return float.IsNegativeInfinity(rival) ? 0 : Math.Clamp(_qualifiers[row].Score - rival, -1, 1);
    }

    /// <summary>The words that name a value beyond those of the parameter: "latest" in <c>latest_order_ref</c> for <c>order_ref</c>.</summary>
    private Qualifier Qualify(Candidate candidate)
    {
        var (words, shared, trigrams, documented) = (0, 0f, 0f, 0);
        foreach (var binding in candidate.Bindings)
        {
            if (binding.Field.Length == 0)
            {
                continue;
            }

            var api = _index.Apis[candidate.Api];
            var parameter = TermCache.Terms(api.Documentation.Parameters[binding.Parameter].Name);
            foreach (var term in TermCache.Terms(binding.Field))
            {
                if (binding.Source is ArgumentSource.Query)
                {
                    documented += api.TermSet.Contains(term) || parameter.Contains(term) ? 1 : 0;
                    words++;
                }
                else if (!parameter.Contains(term))
                {
                    words++;
                    shared += _index.QueryBits.ContainsKey(term) ? 1 : 0;
                    trigrams += Trigrams.Containment(term, _index.QueryTrigrams);
                }
            }
        }

        return words == 0 ? default : new Qualifier(shared / words, words > 0 && shared == 0 && documented == 0 ? 1 : 0, trigrams / words, (float)documented / words);
    }

    private readonly record struct Qualifier(float InQuery, float Foreign, float Trigrams, float InDocumentation)
    {
        internal float Score => InQuery + (0.5f * Trigrams) + InDocumentation;
    }
}
