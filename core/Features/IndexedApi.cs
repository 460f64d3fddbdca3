using StepTool.Core.Text;
using StepTool.Core.Tools;

namespace StepTool.Core.Features;

/// <summary>One offered API as features see it. Filled by <see cref="TaskIndex"/>, then only read.</summary>
internal sealed class IndexedApi
{
    private static readonly HashSet<string> Generic = Tokeniser.TermSet("id ref code key number name value type limit page query q");

    internal IndexedApi(ApiDocumentation documentation)
    {
        Documentation = documentation;
        Tool = $"{documentation.Key.Category}/{documentation.Key.Tool}";
        NameTerms = Tokeniser.Terms(documentation.ApiName);
        var parameters = documentation.Parameters.SelectMany(parameter => Tokeniser.Terms($"{parameter.Name} {parameter.Description}"));
        var described = Tokeniser.Terms(documentation.Description);
        Terms = [.. NameTerms, .. Tokeniser.Terms(documentation.ToolName), .. described, .. Tokeniser.Terms(documentation.ToolDescription), .. parameters];
        TermSet = [.. NameTerms, .. described];
        Needs = [.. documentation.Parameters.Where(parameter => parameter.Required && parameter.Default is null)
            .SelectMany(parameter => Tokeniser.Terms(parameter.Name)).Where(term => !Generic.Contains(term)).Distinct()];
        Says = [.. described.Except(Needs)];
        RequiredCount = documentation.Parameters.Count(parameter => parameter.Required);
    }

    internal ApiDocumentation Documentation { get; }

    internal int RequiredCount { get; }

    internal string Tool { get; }

    /// <summary>The rank of its tool, which numbers tools within the task.</summary>
    internal int ToolNumber { get; set; }

    internal string[] NameTerms { get; }

    /// <summary>All terms of the documentation.</summary>
    internal string[] Terms { get; }

    /// <summary>Terms of name and description.</summary>
    internal HashSet<string> TermSet { get; }

    /// <summary>What its required parameters are called, generic words left out.</summary>
    internal string[] Needs { get; }

    /// <summary>What its description says beyond what it needs.</summary>
    internal HashSet<string> Says { get; }

    internal ulong Mask { get; private set; }

    internal float Score { get; private set; }

    internal float ScoreShare { get; set; }

    internal float RankFeature { get; set; }

    internal float ToolScore { get; set; }

    internal float ToolBest { get; set; }

    internal float ToolRankFeature { get; set; }

    internal float RankWithinTool { get; set; }

    internal int ToolSize { get; set; }

    internal float NameInQuery { get; private set; }

    internal float ToolNameInQuery { get; private set; }

    internal float CategoryInQuery { get; private set; }

    internal float NameTrigrams { get; private set; }

    internal float DescriptionTrigrams { get; private set; }

    internal float[] Unlocks { get; set; } = [];

    internal int Twin { get; set; } = -1;

    internal float TwinSimilarity { get; set; }

    internal float TwinAdvantage { get; set; }

    internal void Match(TaskIndex index, Bm25 bm25, int position)
    {
        Score = (float)bm25.Score([.. index.QueryBits.Keys], position);
        Mask = index.Mask(Terms);
        NameInQuery = Share(index, NameTerms);
        ToolNameInQuery = Share(index, Tokeniser.Terms(Documentation.ToolName));
        CategoryInQuery = Share(index, Tokeniser.Terms(Documentation.Key.Category));
        NameTrigrams = Trigrams.Containment(Trigrams.Of(NameTerms), index.QueryTrigrams);
        DescriptionTrigrams = Trigrams.Containment(Trigrams.Of(Tokeniser.Terms(Documentation.Description)), index.QueryTrigrams);
    }

    private static float Share(TaskIndex index, string[] terms) =>
        terms.Length == 0 ? 0 : (float)terms.Count(index.QueryBits.ContainsKey) / terms.Length;
}
