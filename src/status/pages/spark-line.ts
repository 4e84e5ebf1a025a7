import { scaleBand, scaleSqrt } from 'd3-scale';
import { symbol, symbolTimes, symbolTriangle } from 'd3-shape';
import type { Tone } from '../../look/icon.ts';
import { html, type Markup } from '../../look/markup.ts';
import type { RunResult } from '../../model/run.ts';
import { capitalized, counted, listed } from '../../words/counts.ts';
import { durationText } from '../../words/durations.ts';
import { durationOf, OUTCOMES } from './situation.ts';

const RUNS = 30;
const WIDTH = 150;
const HEIGHT = 34;
/** The height in which marks stand above the bars. */
const MARKS = 10;
/** So small that those of neighbours do not touch. */
const MARK_AREA = 9;
const TONES: readonly Tone[] = ['good', 'calm', 'warn', 'bad'];
const MARK_SHAPES = { bad: symbolTimes, warn: symbolTriangle } as const;

// The newest run stands at the right end, however many there are.
const positions = scaleBand<number>()
  .domain(Array.from({ length: RUNS }, (_, index) => RUNS - 1 - index))
  .range([0, WIDTH])
  .paddingInner(0.3);

/**
 * The last runs as bars as high as they were long, with a mark on those that did not end well.
 *
 * @param runs newest first
 */
export function sparkLine(runs: readonly RunResult[]): Markup {
  const newest = runs.slice(0, RUNS);
  if (newest.length === 0) return html`<span class="none">No runs yet</span>`;
  return html`<svg class="spark" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} width=${WIDTH} height=${HEIGHT}
    role="img" aria-label=${sparkText(newest)}>
    <path class="base" d=${`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
    ${TONES.map((tone) => bars(newest, tone))}
    ${marks(newest, 'warn')}${marks(newest, 'bad')}
  </svg>`;
}

function bars(runs: readonly RunResult[], tone: Tone): Markup {
  // By the root of the duration, so that one slow run does not flatten all others.
  const longest = Math.max(...runs.map(durationOf), 1);
  const height = scaleSqrt()
    .domain([0, longest])
    .range([2, HEIGHT - MARKS]);
  const width = round(positions.bandwidth());
  const path = runs.map((run, index) => {
    if (OUTCOMES[run.outcome].tone !== tone) return '';
    const bar = round(height(durationOf(run)));
    return `M${round(positions(index) ?? 0)} ${HEIGHT}v${-bar}h${width}v${bar}z`;
  });
  return drawn(path.join(''), tone);
}

function marks(runs: readonly RunResult[], tone: keyof typeof MARK_SHAPES): Markup {
  const mark = symbol(MARK_SHAPES[tone], MARK_AREA).digits(1)() ?? '';
  return runs.map((run, index) => {
    if (OUTCOMES[run.outcome].tone !== tone) return undefined;
    const x = round((positions(index) ?? 0) + positions.bandwidth() / 2);
    return html`<path class=${`mark ${tone}`} transform=${`translate(${x} 5)`} d=${mark} />`;
  });
}

const drawn = (path: string, tone: Tone): Markup =>
  path === '' ? undefined : html`<path class=${`bar ${tone}`} d=${path} />`;

const round = (length: number): number => Math.round(length * 100) / 100;

/** `Last 30 runs: 28 succeeded and 2 failed; they took 3.0 s to 14 s.` @param runs newest first */
export function sparkText(runs: readonly RunResult[]): string {
  const counts = Map.groupBy(runs, ({ outcome }) => OUTCOMES[outcome].words.toLowerCase());
  const byOutcome = [...counts].map(([words, { length }]) => `${length} ${words}`);
  const durations = runs.map(durationOf);
  const [shortest, longest] = [Math.min(...durations), Math.max(...durations)].map(durationText);
  const span = shortest === longest ? shortest : `${shortest} to ${longest}`;
  const which = runs.length === 1 ? 'The only run' : `Last ${counted(runs.length, 'run')}`;
  return capitalized(`${which}: ${listed(byOutcome)}; ${runs.length === 1 ? 'it' : 'they'} took ${span}.`);
}
