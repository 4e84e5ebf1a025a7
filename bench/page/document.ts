import { grouped } from '../../src/words/counts.ts';
import { valueText } from '../figures/figure.ts';
import type { Result } from '../figures/result-file.ts';
import type { Growth, Point, Series } from '../growth/growth.ts';
import { VARIED } from './charts.ts';

/** `docs/performance.md`, of what the benchmark wrote. */
export function performanceDocument(growth: Growth, result: Result | undefined): string {
  return `# Performance

Measured by \`npm run bench\` on a shared machine (${growth.machine}), with the database server and the write API on the same cores; medians of ${growth.rounds} rounds.
Times are from the start of the process to its end, memory is the largest resident set as the operating system accounts it.
Other machines have other times: how they grow, and how they compare, is what stays.

The rows are those of an aggregated result: a time, two texts, an integer, a decimal and a note that is null in three of ten. A run sends them in requests
of 2,000 records, without compression, unless something else is said.
${result === undefined ? '' : ratios(result)}
## Growth

${growth.database} is read. Each table has what its chart shows.

${growth.series.map(seriesSection).join('\n')}`;
}

function ratios(result: Result): string {
  const rows = result.figures.map(({ what, unit, value }) => `| ${what} | ${valueText(value, unit)} |\n`);
  const omissions = result.omissions.map(({ what, because }) => `- ${what}: ${because}\n`);
  return `
## Beside others

**plain** is what one writes in an afternoon: knex streams rows as objects, each gets an id by \`createHash\`, a thousand at a time go through \`JSON.stringify\` and \`fetch\`.
**The limit** is the same work in C: libpq, OpenSSL, bytes to a socket. All are measured by turns, with ${grouped(result.rows)} rows; medians of ${result.rounds} rounds.

| what | measured |
| --- | ---: |
${rows.join('')}
${omissions.length === 0 ? '' : `Not measured:\n\n${omissions.join('')}`}`;
}

function seriesSection({ name, rows, points }: Series): string {
  const { heading, axis } = VARIED[name];
  const head =
    name === 'jobs'
      ? ['part of a core', 'memory']
      : ['run', 'processor of the run', 'processor of the database', 'memory'];
  const body = points.map((point) => `| ${[grouped(point.at), ...cells(name, point)].join(' | ')} |\n`);
  return `### ${heading}
${rows === undefined ? '' : `\nEach run has ${grouped(rows)} rows.\n`}
![${heading}](performance/${name}.svg)

| ${[axis, ...head].join(' | ')} |
| ${['', ...head].map(() => '---:').join(' | ')} |
${body.join('')}`;
}

function cells(name: Series['name'], { seconds, processor, database, memory }: Point): readonly string[] {
  if (name === 'jobs') return [text(processor, 'part'), text(memory, 'bytes')];
  return [
    text(seconds, 'seconds'),
    text(processor, 'seconds'),
    text(database, 'seconds'),
    text(memory, 'bytes'),
  ];
}

const text = (value: number | null | undefined, unit: 'seconds' | 'bytes' | 'part'): string =>
  value === undefined || value === null ? '–' : valueText(value, unit);
