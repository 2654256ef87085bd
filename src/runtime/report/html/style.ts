/** The page's looks. Plain CSS for browsers of the last years; colours are checked for 4.5:1 against what they stand on. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --bg: #f6f6f3; --surface: #fff; --ink: #1a1d23; --soft: #5a606c; --line: #dedfd9; --faint: #b9bdb9; --accent: #2f48b8;
  --ok: #17744a; --cached: #1c63a8; --bad: #b3261e; --run: #6d3fc0; --idle: #646a76; --skip: #815b00;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0f1116; --surface: #171a21; --ink: #e8eaf0; --soft: #a2a9b8; --line: #2a2f3a; --faint: #4b5263; --accent: #9db2ff;
    --ok: #4fc98d; --cached: #6db3ff; --bad: #ff8078; --run: #bd9dff; --idle: #9aa1b0; --skip: #e3b341;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding: 56px 0 8px; }
h1, h2, h3, h4, p, dl, dd, ol, ul, pre { margin: 0; }
h1 { font-size: clamp(30px, 5vw, 46px); line-height: 1.1; letter-spacing: -.025em; overflow-wrap: anywhere; }
h2 { font-size: 23px; letter-spacing: -.012em; line-height: 1.25; }
h3 { font-size: 16px; margin: 26px 0 4px; }
h4 { font-size: 14px; margin: 12px 0 4px; overflow-wrap: anywhere; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 2px; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible, input:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre, .digest { font-family: var(--mono); font-size: .86em; }
code { overflow-wrap: anywhere; }
small { font-size: 13px; color: var(--soft); }
time { white-space: nowrap; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 12px; top: 12px; padding: 8px 12px; background: var(--surface); z-index: 2; }
.defs { position: absolute; }
.eyebrow { font-size: 12.5px; font-weight: 600; letter-spacing: .09em; text-transform: uppercase; color: var(--soft); margin-bottom: 10px; }
.objective { color: var(--soft); font-size: 18px; margin-top: 12px; overflow-wrap: anywhere; }
.verdict { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 18px; }
.verdict .state { border: 1px solid currentColor; border-radius: 999px; padding: 3px 14px 3px 9px; font-size: 15px; background: var(--surface); }
.reasons { margin-top: 16px; padding: 12px 16px 12px 34px; border-left: 3px solid var(--bad); background: var(--surface); border-radius: 0 8px 8px 0; font-size: 14.5px; overflow-wrap: anywhere; }

.s-succeeded { --s: var(--ok); } .s-cached { --s: var(--cached); } .s-failed { --s: var(--bad); } .s-running { --s: var(--run); }
.s-waiting { --s: var(--idle); } .s-skipped, .s-cancelled, .s-interrupted { --s: var(--skip); }
.state { display: inline-flex; align-items: center; gap: 6px; color: var(--s); font-weight: 600; font-size: 14px; white-space: nowrap; }
.mark { width: 1em; height: 1em; flex: none; color: var(--s); vertical-align: -.13em; }
symbol .f, .f { fill: currentColor; } symbol .c, .c { fill: none; stroke: var(--surface); stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
symbol .o, .o { fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1px; margin-top: 26px; background: var(--line); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
.figures div { background: var(--surface); padding: 14px 18px 15px; }
.figures dt { font-size: 13px; color: var(--soft); }
.figures dd { font-size: 25px; font-weight: 650; letter-spacing: -.015em; font-variant-numeric: tabular-nums; line-height: 1.25; }
.figures small { display: block; font-weight: 400; letter-spacing: 0; line-height: 1.35; margin-top: 2px; }
.facts { margin-top: 14px; }
.facts dl, .pairs { display: grid; gap: 8px; font-size: 14.5px; padding: 4px 0 6px; }
.facts dl div, .pairs div { display: grid; grid-template-columns: 170px 1fr; gap: 16px; }
.facts dt, .pairs dt { color: var(--soft); }
dd { overflow-wrap: anywhere; }

nav { position: sticky; top: 0; z-index: 1; background: var(--bg); margin: 22px -24px 0; padding: 0 24px; border-bottom: 1px solid var(--line); }
nav ul { display: flex; gap: 20px; list-style: none; padding: 0; overflow-x: auto; scrollbar-width: none; }
nav a { display: block; padding: 11px 0; color: var(--soft); text-decoration: none; font-size: 14px; white-space: nowrap; }
nav a:hover { color: var(--ink); }
section { padding: 46px 0 0; scroll-margin-top: 30px; }
.lead { color: var(--soft); font-size: 14.5px; margin: 4px 0 14px; max-width: 78ch; }
.more { color: var(--soft); font-size: 14px; margin: 8px 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 0 44px; }

.track { display: grid; grid-template-columns: repeat(auto-fit, minmax(158px, 1fr)); gap: 12px 0; list-style: none; padding: 0; }
.track li { background: var(--surface); border: 1px solid var(--line); border-right: 4px double var(--s); padding: 12px 14px; min-width: 0; margin-right: 7px; border-radius: 8px 2px 2px 8px; }
.track .name { display: flex; gap: 7px; font-size: 14.5px; line-height: 1.3; } .track .mark { margin-top: .15em; } .track .name b { overflow-wrap: anywhere; min-width: 0; }
.track .count { font-size: 13px; color: var(--soft); }
.progress { display: block; width: 100%; height: 6px; margin: 9px 0 7px; border-radius: 3px; background: var(--line); overflow: hidden; }
.progress rect { fill: var(--s); }

.scroll { overflow-x: auto; }
.wide { width: fit-content; max-width: min(100vw - 48px, 1800px); min-width: 100%; position: relative; left: 50%; transform: translateX(-50%); }
svg.graph, svg.timeline { display: block; font-family: var(--mono); }
.scroll:has(> svg.graph), .scroll:has(> svg.timeline) { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 6px; }
svg.timeline { width: 100%; min-width: 760px; height: auto; }
.graph text { font-size: 11px; fill: var(--ink); }
.graph .note { font-size: 10.5px; fill: var(--soft); }
.graph .band text { font: 600 13px system-ui, sans-serif; fill: var(--ink); }
.graph .band { color: var(--s); }
.graph .barrier { stroke: var(--faint); stroke-width: 4; fill: none; }
.graph .barrier + svg { overflow: visible; }
.node { color: var(--s); }
.node rect { fill: var(--surface); stroke: var(--s); stroke-width: 1.3; }
.node.s-failed rect { stroke-width: 2.4; } .node.s-waiting rect, .node.s-skipped rect { stroke-dasharray: 4 3; }
.node:hover rect, .node:focus-visible rect, .node.hot rect { stroke-width: 2.4; }
.edge path { fill: none; stroke: var(--faint); stroke-width: 1.3; }
.edge.implied path { stroke-dasharray: 1 5; stroke-linecap: round; opacity: .45; }
.edge.implied path[marker-end] { marker-end: none; }
.edge:hover path, .edge.hot path { stroke: var(--accent); stroke-width: 2; opacity: 1; }
.pointed .node:not(.hot), .pointed .edge:not(.hot) { opacity: .3; }
#tip path { fill: var(--faint); }

.timeline text { font-size: 11px; fill: var(--soft); }
.timeline .label { text-anchor: end; } .timeline .tick { text-anchor: middle; }
.timeline .task { fill: var(--ink); }
.timeline .phase { color: var(--s); } .timeline .phase text { font: 600 12px system-ui, sans-serif; fill: var(--ink); }
.timeline .span { stroke: var(--soft); stroke-width: 1; fill: none; }
.timeline .grid { stroke: var(--line); stroke-width: 1; }
.break path { stroke: var(--skip); stroke-width: 1.5; stroke-dasharray: 5 3; }
.load path { fill: var(--accent); opacity: .2; } .load .floor { fill: none; stroke: var(--faint); opacity: 1; }
.bar { fill: var(--s); } .b-running { fill-opacity: .35; stroke: var(--s); stroke-width: 1.2; }
.b-interrupted { fill-opacity: .22; stroke: var(--s); stroke-width: 1.2; stroke-dasharray: 3 2; }
.cross { stroke: var(--surface); stroke-width: 1.7; stroke-linecap: round; fill: none; } .cross.beside { stroke: var(--s); }
.dot { fill: var(--s); } .dash { stroke: var(--s); stroke-width: 2.4; fill: none; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; padding: 10px 2px 0; font-size: 13px; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 7px; }
.swatch { width: 22px; height: 10px; overflow: visible; }

.bars { list-style: none; padding: 0; display: grid; gap: 9px; font-size: 13.5px; }
.bars li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 12px; }
.bars a { font-family: var(--mono); font-size: 12.5px; color: var(--ink); text-decoration: none; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bars a:hover { text-decoration: underline; }
.bars .time { font-variant-numeric: tabular-nums; color: var(--soft); }
.bars svg { grid-column: 1 / -1; width: 100%; height: 4px; background: var(--line); border-radius: 2px; overflow: hidden; } .bars rect { fill: var(--accent); }

details { border-top: 1px solid var(--line); } details:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: 11px 2px; font-size: 15px; } summary span { color: var(--soft); margin-left: 8px; font-size: 14px; }
details[open] > :last-child { margin-bottom: 14px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: 8px 16px 8px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child > * { border-bottom: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 500; font-size: 13px; color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 500; min-width: 110px; }
td { overflow-wrap: anywhere; min-width: 64px; }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
table .digest { font-size: 11.5px; }
.tasks th:first-child { width: 124px; } .tasks th.n { width: 84px; } .tasks td:nth-child(2) { min-width: 220px; } .tasks th:last-child { width: 40%; }
.tasks tr:target, .log tr:target { background: color-mix(in srgb, var(--accent) 12%, transparent); }
.needs { list-style: none; padding: 0; } .needs code { font-size: 12.5px; }
.reason { color: var(--bad); white-space: pre-wrap; }
.log code, .log td { font-size: 12.5px; } .log td:last-child { min-width: 280px; }
.filter { margin: 6px 0 12px; font-size: 14px; color: var(--soft); }
input { font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--faint); border-radius: 7px; padding: 5px 10px; margin-left: 6px; width: 220px; max-width: 100%; }
.failure { background: var(--surface); border: 1px solid var(--line); border-left: 3px solid var(--bad); border-radius: 0 10px 10px 0; padding: 10px 18px 14px; margin: 10px 0; }
.failures > .failure { margin-left: 2px; } .failure h4 span { color: var(--soft); font-weight: 400; } .failure ul { font-size: 14px; padding-left: 20px; overflow-wrap: anywhere; }
pre { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; margin: 8px 0 12px; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; font-size: 12.5px; }
.failure pre { border: 0; padding: 0; margin: 6px 0 0; background: none; max-height: 420px; overflow: auto; }
footer { padding-top: 56px; padding-bottom: 48px; font-size: 13px; color: var(--soft); }
[hidden] { display: none !important; }

@media (max-width: 640px) {
  table { min-width: 660px; } .wide { max-width: 100%; left: 0; transform: none; }
  main, footer { padding: 0 16px; } nav { margin: 22px -16px 0; padding: 0 16px; } header { padding-top: 32px; }
  .facts dl div, .pairs div { grid-template-columns: 1fr; gap: 0; }
  .figures { grid-template-columns: 1fr 1fr; } .figures dd { font-size: 21px; } .figures div { padding: 11px 13px; }
  .figures div:last-child:nth-child(odd) { grid-column: 1 / -1; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  :root { --bg: #fff; --surface: #fff; --ink: #000; --soft: #444; --line: #ccc; --faint: #999; --accent: #223a99; --ok: #17744a; --cached: #1c63a8; --bad: #b3261e; --run: #6d3fc0; --idle: #555; --skip: #6f4e00; color-scheme: light; }
  nav, .filter, .skip { display: none; } body { font-size: 12px; } section { padding-top: 26px; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  .scroll { overflow: visible; } svg.graph { width: 100%; height: auto; } svg.timeline { min-width: 0; }
  .failure, tr, .track li, .figures { break-inside: avoid; } h2, h3, h4 { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
