import { MINUTE } from '../../src/calendar/durations.ts';
import { drawing } from '../page/drawing.ts';
import type { Line } from '../page/panel.ts';
import type { Outcome } from './outcome.ts';

const HEAD = [
  'schedules, runs at a time, replicas',
  'tick to start: half, 99 %, longest',
  'most that wait',
  'busiest replica',
  'the queue, statements a second',
  'rows a second',
  'processors of the database',
  'lock held',
];

/** The outcomes as a table of Markdown. What is said of the queue is of its busiest minute. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ scenario, lag, ...outcome }) => [
    `${scenario.isSpread ? 'any minute' : 'full hours'}${scenario.jitter > 0 ? `, jitter of ${scenario.jitter / MINUTE} min` : ''}, ${scenario.maxConcurrentRuns}, ${scenario.replicas}`,
    [lag.p50, lag.p99, lag.max].map(duration).join(', '),
    count(outcome.mostDue),
    percent(outcome.busiest),
    count(outcome.statements),
    count(outcome.rows),
    outcome.database.toFixed(2),
    percent(outcome.locked),
  ]);
  const rule = HEAD.map((_, index) => (index === 0 ? '---' : '---:'));
  return `${[HEAD, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

const count = (number: number): string => Math.round(number).toLocaleString('en');
const percent = (part: number): string => `${Math.round(Math.min(1, part) * 100)} %`;
const duration = (seconds: number): string =>
  seconds < 100 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;

/** How many runs wait in the course of the night: the most of each half hour. */
export function waitingDrawing(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ scenario, due }): Line => {
    const halves = Map.groupBy(due, ({ at }) => Math.floor(at / (30 * MINUTE)) * 30 * MINUTE);
    const most = [...halves].map(([at, minutes]) => ({
      at,
      value: Math.max(...minutes.map((each) => each.due)),
    }));
    const name = scenario.isSpread ? 'any minute' : scenario.jitter > 0 ? 'jitter' : 'full hours';
    return { name, values: most };
  });
  return drawing('Runs that wait during the night', [
    {
      title: 'most runs that wait, by half hours',
      lines,
      atText: (at) => (at % (60 * MINUTE) === 0 ? new Date(at).toISOString().slice(11, 13) : ''),
      valueText: (value) => value.toLocaleString('en'),
      isLogarithmic: { at: false, value: false },
    },
  ]);
}
