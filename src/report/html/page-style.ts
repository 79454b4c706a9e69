/** The page's only style. Colours have a contrast of 4.5 or more to what is behind them, in light and in dark. */
export const pageStyle = `
:root{color-scheme:light dark;--bg:#fff;--panel:#f5f7f9;--line:#c9d1d9;--fg:#1b2128;--muted:#515b66;--link:#0757b8;
--pass:#116329;--fail:#b3261e;--doubt:#7a4a00;--new:#5b3cc4;--passbg:#e7f5ea;--failbg:#fdeceb;--doubtbg:#fff4dc;--bar:#3f7fc1}
@media (prefers-color-scheme:dark){:root{--bg:#0f1419;--panel:#171e26;--line:#3a4552;--fg:#e6eaef;--muted:#a5b0bc;--link:#8ab8ff;
--pass:#63d48c;--fail:#ff928a;--doubt:#f0c25a;--new:#b9a5ff;--passbg:#12291b;--failbg:#35191a;--doubtbg:#312711;--bar:#6aa7e6}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1rem 1.25rem 4rem;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.15rem;margin:0 0 .6rem;color:var(--muted);font-weight:600}
h2{font-size:1.25rem;margin:2rem 0 .6rem}
h3{font-size:1.05rem;margin:0}
h4{font-size:.95rem;margin:1.2rem 0 .4rem}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
p{margin:.4rem 0}
.verdict{font-size:1.2rem;font-weight:600;padding:.7rem 1rem;border-radius:8px;border:1px solid;margin:0}
.gate{padding:.6rem 1rem;border-radius:8px;border:1px solid var(--doubt);background:var(--doubtbg);margin:.6rem 0}
.gate ul{margin:.3rem 0 0;padding-left:1.2rem}
.passed{color:var(--pass)}.failed{color:var(--fail)}.doubtful{color:var(--doubt)}
.verdict.passed{background:var(--passbg)}.verdict.failed{background:var(--failbg)}
.note,.base{color:var(--muted)}
.tag{border:1px solid;border-radius:99px;padding:0 .5em;font-size:.8em;color:var(--new)}
.scroll{overflow:auto;max-height:34rem;margin:.4rem 0;border:1px solid var(--line);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;padding:.4rem .6rem;color:var(--muted);font-size:.85rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-top:1px solid var(--line)}
thead th{position:sticky;top:0;background:var(--panel);white-space:nowrap;border-top:0}
tbody th{font-weight:600;min-width:9rem}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
thead button{all:unset;cursor:pointer;font-weight:600}
thead button:focus-visible{outline:3px solid var(--link)}
thead button::after{content:" ↕";color:var(--muted)}
[aria-sort=ascending] button::after{content:" ↑";color:inherit}
[aria-sort=descending] button::after{content:" ↓";color:inherit}
details.variant{border:1px solid var(--line);border-radius:8px;margin:.5rem 0;background:var(--bg)}
details.variant>summary{padding:.5rem .8rem;background:var(--panel);border-radius:8px}
details.variant[open]>summary{border-radius:8px 8px 0 0}
details.variant>div{padding:.4rem .9rem 1rem}
summary{cursor:pointer}
summary h3{display:inline}
ul.findings,ul.checks{padding-left:1.2rem;margin:.4rem 0}
.help::before{content:"→ "}
.places{font:.85rem ui-monospace,Menlo,Consolas,monospace}
.plots{display:flex;flex-wrap:wrap;align-items:flex-start;gap:1rem}
figure{margin:0;border:1px solid var(--line);border-radius:8px;padding:.6rem .8rem;min-width:0;background:var(--bg)}
.plots figure{flex:1 1 30rem}
figcaption{font-size:.9rem;color:var(--muted)}
svg{display:block;fill:var(--fg)}
svg.p{width:100%;max-width:44rem;height:auto;margin:0 auto}
.n svg{margin-left:auto}
svg text{font-size:12px;font-family:inherit}
svg .grid{stroke:var(--line);fill:none}
svg .axis{fill:var(--muted)}
svg .zero{stroke:var(--muted);stroke-dasharray:4 3}
svg .w{stroke-width:1.5;fill:none}
svg .passed{fill:var(--pass);stroke:var(--pass)}svg .failed{fill:var(--fail);stroke:var(--fail)}svg .doubtful{fill:var(--doubt);stroke:var(--doubt)}
svg .was{fill:var(--bg);stroke:var(--muted);stroke-width:1.5}
svg .to{stroke:var(--muted);fill:none}
svg .bar{fill:var(--bar)}
.tools{display:flex;flex-wrap:wrap;gap:.4rem;align-items:center;margin:.4rem 0;font-size:.9rem}
.tools input{font:inherit;padding:.2rem .5rem;border:1px solid var(--muted);border-radius:6px;background:var(--bg);color:var(--fg);min-width:14rem}
.tools button{font:inherit;padding:.2rem .7rem;border:1px solid var(--muted);border-radius:6px;background:var(--panel);color:var(--fg);cursor:pointer}
.graphs{display:flex;flex-wrap:wrap;gap:.8rem}
.graph{flex:1 1 20rem}
.view{overflow:auto;max-height:32rem;margin-top:.4rem;background:var(--panel);border-radius:6px;cursor:grab}
.g{margin:0 auto}
.g rect{fill:var(--bg);stroke:var(--muted)}
.g text{text-anchor:middle;font-size:11px}
.g .s{fill:var(--muted)}
.g .io rect{stroke-dasharray:4 3}
.g .e{fill:none;stroke:var(--muted)}
.g .added rect{fill:var(--passbg);stroke:var(--pass);stroke-width:2}
.g .removed rect{fill:var(--failbg);stroke:var(--fail);stroke-width:2}
.g .changed rect{fill:var(--doubtbg);stroke:var(--doubt);stroke-width:2}
.g .hit rect{stroke:var(--link);stroke-width:3}
.g .now rect{stroke:var(--link);stroke-width:5}
.g .miss{opacity:.35}
.d{padding:0 .4em;border-radius:4px;border:1px solid}
.d.added{color:var(--pass)}.d.removed{color:var(--fail)}.d.changed{color:var(--doubt)}
.ci{color:var(--muted);font-size:.92em}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:11px}.tools{display:none}.scroll,.view{max-height:none;overflow:visible}
.g{max-width:100%;height:auto;max-height:24cm}thead th{position:static}figure,tr{break-inside:avoid}thead button::after{content:""}details.variant{break-inside:auto}}
`;
