/** The table of jobs, and of runs and dead letters: rows where there is room, cards where there is none. */
export const STYLE_OF_TABLE = `
.choice { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: end; justify-content: space-between; margin-bottom: 1.25rem; }
.states { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; }
.states a { display: block; padding: .35rem .8rem; border: 1px solid var(--strong-line); border-radius: 1rem; color: var(--text); text-decoration: none; font-size: .875rem; line-height: 1.4; }
.states a:hover { text-decoration: underline; }
.states a[aria-current] { background: var(--button); border-color: var(--button); color: var(--button-text); }
.filter { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; }
.filter label { display: block; font-size: .8125rem; color: var(--quiet); }
.filter input, .filter select { min-height: 2.75rem; max-width: 100%; padding: .4rem .6rem; border: 1px solid var(--strong-line); border-radius: 4px; background: var(--surface); color: var(--text); font: inherit; }
.nothing { padding-block: 2rem; border-top: 1px solid var(--line); }
.pages { display: flex; flex-wrap: wrap; gap: .5rem 2rem; justify-content: space-between; margin-top: 1.25rem; }
.pages ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; list-style: none; }
.pages a { display: inline-block; padding-block: .15rem; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; line-height: 1.4; }
thead th { text-align: left; vertical-align: bottom; padding: .5rem .75rem; font-size: .8125rem; font-weight: 600; color: var(--quiet); border-bottom: 2px solid var(--line); }
tbody th { text-align: left; font-weight: 400; }
thead th, time, td.number { overflow-wrap: normal; }
time { white-space: nowrap; }
.position .value { display: block; }
.jobs .position { display: block; font-size: .75rem; line-height: 1.5; }
tbody th, td { vertical-align: top; padding: .9rem .75rem; border-bottom: 1px solid var(--line); }
th.number, td.number, th.took, th.records, th.letters { text-align: right; }
td.number { white-space: nowrap; }
.jobs .name { font-weight: 650; font-size: 1rem; }
.jobs .description { margin-top: .15rem; color: var(--text); }
.jobs .data-set { margin-top: .15rem; font-size: .8125rem; color: var(--quiet); }
.jobs .last .badge { display: flex; }
.jobs .last .sub { padding-left: 1.45rem; }
.jobs .last .badge ~ .badge { font-size: .8125rem; font-weight: 500; }
.jobs .last .badge + .badge, .jobs .last .sub + .badge { margin-top: .35rem; }
.jobs .problems > * + * { margin-top: .6rem; }
.reason { margin-top: .25rem; font-size: .875rem; color: var(--quiet); max-width: 38rem; }
@media (min-width: 70rem) {
  .jobs { table-layout: fixed; }
  .jobs .job { width: 23.5%; } .jobs .last { width: 14.5%; } .jobs .took { width: 7%; } .jobs .records { width: 8.5%; }
  .jobs .collected { width: 13.5%; } .jobs .runs { width: 14.5%; } .jobs .next { width: 11.5%; } .jobs .letters { width: 7%; }
  .jobs th:first-child { padding-left: 1rem; }
  .jobs .letters { padding-right: 1rem; }
  .jobs tr.bad th { box-shadow: inset 4px 0 var(--bad); }
  .jobs tr.warn th { box-shadow: inset 4px 0 var(--warn); }
  .jobs tbody tr:hover { background: var(--surface); }
}
@media (max-width: 69.99rem) {
  .jobs, .jobs tbody { display: block; }
  .jobs thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .jobs tbody { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); }
  .jobs tr { display: grid; grid-template-columns: 1fr 1fr; gap: .9rem 1rem; align-content: start; padding: 1.1rem 1.15rem; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
  .jobs tr.bad { border-left: 5px solid var(--bad); } .jobs tr.warn { border-left: 5px solid var(--warn); }
  .jobs tr > * { display: block; padding: 0; border: 0; min-width: 0; text-align: left; }
  .jobs .job, .jobs .status, .jobs .chart, .jobs .problems, .jobs td:has(.position) { grid-column: 1 / -1; }
  .jobs .last { padding-bottom: .9rem; border-bottom: 1px solid var(--line); }
  .jobs .last .sub { display: inline; padding-left: 1.45rem; }
  .jobs td[data-label]:not(.status)::before { content: attr(data-label); display: block; font-size: .8125rem; color: var(--quiet); }
  .jobs td.empty { display: none; }
  .jobs .spark { width: 100%; max-width: 22rem; height: auto; }
}
.runs tbody th, .runs td { padding-block: .5rem; }
.runs th .sub { display: inline; margin-left: .5rem; }
.runs th { white-space: nowrap; }
.label { display: none; }
@media (max-width: 52rem) {
  .cards, .cards tbody, .cards tr { display: block; }
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cards tr { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem 1rem; padding-block: 1rem; border-bottom: 1px solid var(--line); }
  .cards tr > * { padding: 0; border: 0; min-width: 0; }
  .cards tr > th { font-weight: 600; }
  .cards .number { text-align: left; }
  .cards.runs tr { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; }
  .cards.runs tr > th, .cards.runs .status { flex: 1 0 100%; }
  .cards .whole { grid-column: 1 / -1; }
  .cards td[data-label]::before { content: attr(data-label); display: block; font-size: .8125rem; color: var(--quiet); }
  .cards.runs td[data-label]::before { display: inline; margin-right: .35rem; }
  .label { display: inline; }
}
`;
