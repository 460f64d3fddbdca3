using StepTool.Core.Evaluation.Plots;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>The page's look.</summary>
internal static class ReportStyle
{
    /// <summary>All of its style sheet.</summary>
    public static string Css { get; } = $":root{{color-scheme:light dark;{PlotStyle.Light}}}@media(prefers-color-scheme:dark){{:root{{{PlotStyle.Dark}}}}}" + PlotStyle.Rules + """
        *{box-sizing:border-box} body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:1180px;margin:0 auto;padding:clamp(1rem,3vw,2.5rem) clamp(.8rem,3vw,2rem);display:grid;gap:1.1rem;grid-template-columns:minmax(0,1fr)}
        .eyebrow{margin:0 0 .5rem;color:var(--muted);font-size:.86rem} h1{margin:0;max-width:54rem;font-size:clamp(1.25rem,3.2vw,1.85rem);line-height:1.28;font-weight:650;letter-spacing:-.012em;text-wrap:balance}
        h2{margin:0;font-size:1.02rem;font-weight:650;letter-spacing:-.005em} figcaption p{margin:.15rem 0 .9rem;color:var(--muted);font-size:.88rem;line-height:1.4}
        .alert{margin:0;padding:.7rem 1rem;border-radius:10px;background:var(--card);border-left:4px solid var(--s4)} .alert.invalid{border-left-color:var(--bad);font-weight:600}
        .figures{margin:0;display:grid;gap:1.1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,9rem),1fr))}
        .figures div,.card{background:var(--card);border:1px solid var(--grid);border-radius:14px} .figures div{padding:.85rem 1.1rem}
        dt{color:var(--muted);font-size:.86rem} dd{margin:.05rem 0 0;font-size:1.75rem;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums;line-height:1.2}
        dd small{display:block;margin-top:.2rem;color:var(--muted);font-size:.84rem;font-weight:400;letter-spacing:0;line-height:1.35}
        .card{margin:0;padding:clamp(.9rem,2vw,1.3rem)} .grid{columns:2 27rem;column-gap:1.1rem} .grid .card{break-inside:avoid;margin-bottom:1.1rem} .grid .card:last-child{margin-bottom:0}
        .scroll{overflow-x:auto;margin-top:.7rem;scrollbar-width:thin} .scroll:focus-visible,summary:focus-visible{outline:2px solid var(--s0);outline-offset:3px;border-radius:6px}
        table{border-collapse:separate;border-spacing:2px;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
        th,td{padding:.32rem .6rem;text-align:right;white-space:nowrap;font-weight:400} thead th{color:var(--muted);font-size:.82rem;vertical-align:bottom}
        th[scope=row],thead th:first-child{text-align:left;position:sticky;left:0;background:var(--card)} .lead th{font-weight:650}
        td[style]{border-radius:5px;background:color-mix(in oklab,var(--s0) calc(var(--v)*46%),var(--card))} .good{color:var(--good)} .bad{color:var(--bad)} .even{color:var(--muted)}
        section ul{margin:.5rem 0 0;padding-left:1.15rem;font-size:.93rem} li+li{margin-top:.25rem} .plain{list-style:none;padding:0;columns:20rem;font-size:.86rem;overflow-wrap:anywhere}
        pre{overflow-x:auto;margin:.9rem 0 0;padding:.7rem .9rem;border-radius:8px;background:var(--page);font-size:.86rem} details{margin-top:.8rem;font-size:.93rem} summary{cursor:pointer}
        @media print{body{background:#fff} .card,.figures div{break-inside:avoid}}
        """;
}
