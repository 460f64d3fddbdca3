namespace StepTool.Core.Evaluation.Plots;

/// <summary>The plots' look, light and dark. Series differ by marker as well as by colour, and every colour has a contrast of at least 3 to its ground.</summary>
internal static class PlotStyle
{
    /// <summary>Number of series that have a colour of their own; later ones take them again.</summary>
    public const int Series = 6;

    /// <summary>Colours by name.</summary>
    public const string Light =
        "--page:#f6f6f3;--card:#ffffff;--ink:#1b1c1f;--muted:#5f636b;--grid:#e6e6e1;--axis:#a5a8ad;--floor:#8b9099;--good:#0a7d55;--bad:#b3372b;" +
        "--s0:#2b66d9;--s1:#c8530a;--s2:#00805f;--s3:#a2478c;--s4:#8a6500;--s5:#1a7fa3;";

    /// <summary>The same names on a dark ground.</summary>
    public const string Dark =
        "--page:#111215;--card:#191b1f;--ink:#ecedef;--muted:#a0a4ad;--grid:#2a2d33;--axis:#5d626b;--floor:#6b7079;--good:#52c796;--bad:#f08a7e;" +
        "--s0:#7ba6ff;--s1:#f2955a;--s2:#4cc5a0;--s3:#d98cc6;--s4:#d8b24a;--s5:#62bfe0;";

    /// <summary>Rules of the elements in a plot.</summary>
    public const string Rules = """
        .plot{display:block;width:100%;height:auto;font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}
        .plot .page{fill:var(--card)} .plot .grid{stroke:var(--grid)} .plot .axis{stroke:var(--axis)}
        .plot .tick{fill:var(--muted)} .plot .row{fill:var(--ink)} .plot .number{fill:var(--muted)} .plot .name{fill:currentColor;font-weight:600}
        .plot .level{stroke:var(--muted);stroke-dasharray:5 4} .plot .line{fill:none;stroke:currentColor;stroke-width:2.6;stroke-linejoin:round;stroke-linecap:round}
        .plot .line.faint{stroke-width:1.3;opacity:.65} .plot .band{fill:currentColor;opacity:.15} .plot .band.crowded{opacity:.07} .plot .dot{fill:currentColor;stroke:var(--card);stroke-width:1}
        .plot .bar{fill:currentColor} .plot .whisker{stroke:var(--ink);stroke-width:1.3}
        .plot .floor{color:var(--floor)} .plot .reference{color:var(--muted)} .plot .floor .name{fill:var(--muted)}
        .plot .reference .bar{fill:none;stroke:currentColor;stroke-dasharray:3 3} .plot .reference .dot,.plot .open .dot{fill:var(--card);stroke:currentColor;stroke-width:1.8}
        .plot .open .dot{color:var(--muted)} .s0{color:var(--s0)} .s1{color:var(--s1)} .s2{color:var(--s2)} .s3{color:var(--s3)} .s4{color:var(--s4)} .s5{color:var(--s5)}
        .plot .lead .row{font-weight:650}
        """;

    /// <summary>The style of a drawing that stands alone.</summary>
    public static string Alone { get; } = $"svg{{{Light}}}@media(prefers-color-scheme:dark){{svg{{{Dark}}}}}{Rules}";
}
