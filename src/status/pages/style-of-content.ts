/** Headings, texts, pictures and notices. */
export const STYLE_OF_CONTENT = `
h1, h2, h3, p, ul, ol, dl, dd, pre { margin: 0; padding: 0; }
h1 { font-size: clamp(1.5rem, 1.1rem + 1.6vw, 2.125rem); line-height: 1.2; font-weight: 700; letter-spacing: -.015em; text-wrap: pretty; }
h2 { font-size: 1.25rem; line-height: 1.3; font-weight: 650; letter-spacing: -.005em; }
h3 { font-size: .875rem; font-weight: 600; color: var(--quiet); }
code, pre, .problem-list { font-family: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace; font-size: .875em; }
.lead { font-size: 1.125rem; color: var(--quiet); max-width: 44rem; margin-top: .5rem; }
.sub { display: block; font-size: .8125rem; line-height: 1.4; color: var(--quiet); }
.none { color: var(--quiet); }
.headline { display: flex; gap: .9rem; max-width: 60rem; margin-block: .5rem 1.75rem; }
.headline .icon { flex: none; width: .95em; height: .95em; margin-top: .12em; }
.headline a { color: inherit; text-decoration-thickness: 2px; }
.headline a:hover { text-decoration-thickness: 4px; }
.icon { flex: none; }
.icon .cut { fill: none; stroke: var(--ground); stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
.icon .line { fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.icon .dashes { stroke-dasharray: 2.6 2.6; stroke-linecap: butt; }
.icon.good, .badge.good { color: var(--good); }
.icon.warn, .badge.warn, .legend .warn { color: var(--warn); }
.icon.bad, .badge.bad, .legend .bad { color: var(--bad); }
.icon.calm, .badge.calm { color: var(--calm); }
.badge { display: inline-flex; gap: .45rem; align-items: baseline; font-weight: 600; line-height: 1.4; }
.badge .icon { position: relative; top: .15em; }
.legend { margin-top: 1rem; font-size: .8125rem; color: var(--quiet); max-width: 60rem; }
.notice { margin-block: 0 2rem; padding: 1.25rem 1.5rem; border-left: 5px solid; border-radius: 0 6px 6px 0; }
.notice > * + * { margin-top: .75rem; }
.notice.bad { border-color: var(--bad); background: var(--bad-soft); }
.notice.warn { border-color: var(--warn); background: var(--warn-soft); }
.notice.calm { border-color: var(--strong-line); background: var(--calm-soft); }
.problem-list { list-style: none; display: grid; gap: .5rem; }
.problem-list li { white-space: pre-wrap; }
.spark { display: block; width: 150px; max-width: 100%; height: 34px; overflow: visible; }
.spark .base { stroke: var(--line); stroke-width: 1; }
.spark .bar { fill: var(--bar); }
.spark .bar.calm { opacity: .55; }
.spark .bar.warn { fill: var(--warn); }
.spark .bar.bad { fill: var(--bad); }
.spark .mark.warn { fill: var(--warn); }
.spark .mark.bad { fill: none; stroke: var(--bad); stroke-width: 1.6; stroke-linecap: round; }
@media (forced-colors: active) { .spark .bar { fill: CanvasText; } .icon .cut { stroke: Canvas; } }
`;
