/** Colours, type and the frame of every page. Colour stands for state and for links only. */
export const STYLE_OF_PAGE = `
:root {
  color-scheme: light dark;
  --ground: #fbfbfa; --surface: #ffffff; --text: #16191d; --quiet: #565d68; --line: #dddfe3; --strong-line: #868d98;
  --link: #0a4ea8; --focus: #0a4ea8; --button: #16191d; --button-text: #ffffff;
  --good: #0d7038; --warn: #8a5300; --bad: #b3131d; --calm: #565d68;
  --good-soft: #dff1e5; --warn-soft: #fdf1dc; --bad-soft: #fdeced; --calm-soft: #eff0f2;
  --bar: #8a93a0;
  --space: 1rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101316; --surface: #171b20; --text: #e9ebee; --quiet: #a4acb7; --line: #2c323a; --strong-line: #78828f;
    --link: #8fbcff; --focus: #ffd76a; --button: #e9ebee; --button-text: #101316;
    --good: #63d28f; --warn: #f2b84b; --bad: #ff8d86; --calm: #a4acb7;
    --good-soft: #163524; --warn-soft: #2b2210; --bad-soft: #2e1719; --calm-soft: #22272e;
    --bar: #717b88;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
.wide { width: 100%; max-width: 84rem; margin-inline: auto; padding-inline: clamp(1rem, 3vw, 2.5rem); }
main { flex: 1; padding-block: 2rem 4rem; }
main:focus { outline: none; }
.top { border-bottom: 1px solid var(--line); background: var(--surface); font-size: .875rem; }
.top .wide { display: flex; flex-wrap: wrap; gap: .25rem 2rem; align-items: baseline; justify-content: space-between; padding-block: .75rem; }
.product { font-weight: 650; font-size: 1rem; color: var(--text); text-decoration: none; }
.product:hover { text-decoration: underline; }
.refresh { margin: 0; color: var(--quiet); }
.bottom { border-top: 1px solid var(--line); color: var(--quiet); font-size: .875rem; }
.bottom .wide { display: flex; flex-wrap: wrap; gap: 0 2rem; justify-content: space-between; padding-block: 1rem; }
.bottom p { margin: 0; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .18em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 2px; }
.skip-link { position: absolute; left: 1rem; top: -10rem; z-index: 1; padding: .75rem 1rem; background: var(--surface); color: var(--link); }
.skip-link:focus { top: .5rem; }
.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button {
  min-height: 2.75rem; padding: .5rem 1.25rem; border: 0; border-radius: 4px; cursor: pointer;
  background: var(--button); color: var(--button-text); font: inherit; font-weight: 600;
}
button:hover { text-decoration: underline; }
@media (forced-colors: active) { button { border: 1px solid; } }
@media print { .top, .filter, .pages, .skip-link, form { display: none; } }
`;
