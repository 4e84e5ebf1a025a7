/** The page of one job. */
export const STYLE_OF_JOB = `
main > section { margin-top: 2.75rem; }
main > section > * + * { margin-top: .9rem; }
main > section.notice { margin-top: 1.5rem; }
.back { font-size: .875rem; }
.back a::before { content: "← "; text-decoration: none; display: inline-block; margin-right: .35em; }
.title { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: start; justify-content: space-between; margin-top: 1rem; }
.title > div { flex: 1 1 20rem; min-width: 0; }
.state { margin-top: 1rem; font-size: 1.125rem; }
.state .badge { font-weight: 600; }
.title + .notice { margin-block: 1.25rem 0; }
p.chart .spark { width: 20rem; height: auto; }
.message { font-weight: 600; }
.facts { display: grid; }
.facts > div { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1.5rem; padding-block: .5rem; border-top: 1px solid var(--line); }
.facts > div:last-child { border-bottom: 1px solid var(--line); }
.notice .facts > div { border-color: color-mix(in srgb, currentColor 18%, transparent); }
.notice .facts > div:last-child { border-bottom: 0; padding-bottom: 0; }
.facts dt { color: var(--quiet); }
.notice .facts dt { color: inherit; font-weight: 600; }
.facts dd { min-width: 0; }
.mapping > div { grid-template-columns: 13rem 1fr; }
.tiles { display: grid; gap: 1px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); background: var(--line); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.tiles > div { padding: 1rem 1.15rem; background: var(--surface); }
.tiles dt { font-size: .8125rem; color: var(--quiet); }
.tiles dd { font-size: 1.125rem; font-weight: 600; }
.tiles .sub { font-weight: 400; }
main ul:not([class]) { padding-left: 1.2rem; max-width: 60rem; }
pre { padding: 1.15rem 1.25rem; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; white-space: pre-wrap; line-height: 1.55; tab-size: 2; }
details { padding-block: .5rem; max-width: 60rem; }
details p { margin-top: .5rem; }
summary { cursor: pointer; padding-block: .15rem; }
.strip { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.25rem; align-items: start; }
.strip h3 { padding-top: .3rem; }
.strip ol { display: flex; flex-wrap: wrap; gap: 3px; list-style: none; }
.strip li { position: relative; display: grid; place-items: center; min-width: 1.85rem; height: 1.85rem; padding-inline: .3rem; border-radius: 3px; font-size: .75rem; }
.strip.month li, .strip.quarter li, .strip.year li { min-width: 3rem; }
.strip .collected, .sample.collected { background: var(--good-soft); color: var(--text); }
.strip .owed, .sample.owed { border: 2px solid var(--warn); color: var(--text); font-weight: 700; }
.strip .not-over, .sample.not-over { border: 1px dashed var(--strong-line); color: var(--quiet); }
.sample { display: inline-block; width: .9rem; height: .9rem; margin-left: .75rem; border-radius: 2px; vertical-align: -.1em; }
.sample:first-child { margin-left: 0; }
@media (forced-colors: active) { .strip .collected, .sample.collected { outline: 1px solid; } }
@media (max-width: 40rem) {
  .facts > div, .mapping > div { grid-template-columns: 1fr; }
  .strip { grid-template-columns: 1fr; }
  .strip ol { margin-bottom: .5rem; }
  .notice { padding: 1rem; }
}
`;
