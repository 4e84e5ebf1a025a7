import { scaleBand, scaleLinear } from 'd3-scale';
import { periodAt } from '../../calendar/period-at.ts';
import type { Job } from '../../config/config.ts';
import { html, type Markup } from '../../look/markup.ts';
import type { JobRecords } from '../../model/figures.ts';
import { counted, grouped } from '../../words/counts.ts';
import { newestPeriods } from './newest-periods.ts';

/** As many bars as the line of the runs has. */
const PERIODS = 30;
const WIDTH = 150;
const HEIGHT = 34;
/** Of a bar that stands for zero, so that it is seen. */
const ZERO_HEIGHT = 6;

// The newest period stands at the right end, however many there are.
const positions = scaleBand<number>()
  .domain(Array.from({ length: PERIODS }, (_, index) => PERIODS - 1 - index))
  .range([0, WIDTH])
  .paddingInner(0.3);

interface Bar {
  /** Undefined: nothing is known of the period. */
  readonly records: number | undefined;
  readonly isPresent: boolean;
}

/**
 * How many records have arrived in each of the last periods, as bars; a bar of nothing looks like trouble. Nothing when
 * none is known.
 */
export function arrivedLine(known: JobRecords | undefined, job: Job, now: number): Markup {
  const bars = known === undefined ? [] : barsOf(known, job, now);
  if (known === undefined || bars.length === 0) return undefined;
  return html`<svg class="spark" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} width=${WIDTH} height=${HEIGHT}
    role="img" aria-label=${arrivedText(bars, known)}>
    <path class="base" d=${`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
    <path class="bar" d=${drawn(bars, isNothing, false)} />
    <path class="bar bad" d=${drawn(bars, isNothing, true)} />
  </svg>`;
}

/** Newest first. */
function barsOf(known: JobRecords, job: Job, now: number): readonly Bar[] {
  const present = periodAt(known.length, job.timezone, now);
  const records = new Map(known.periods.map((each) => [each.period, each.records]));
  return newestPeriods(known, present, PERIODS)
    .reverse()
    .map((start) => ({ records: records.get(start), isPresent: start === present }));
}

/** The present period may still get some. */
const isNothing = ({ records, isPresent }: Bar): boolean => records === 0 && !isPresent;

function drawn(bars: readonly Bar[], isWanted: (bar: Bar) => boolean, wanted: boolean): string {
  const most = Math.max(...bars.map(({ records = 0 }) => records), 1);
  const height = scaleLinear().domain([0, most]).range([0, HEIGHT]);
  const width = round(positions.bandwidth());
  return bars
    .map((bar, index) => {
      if (bar.records === undefined || isWanted(bar) !== wanted) return '';
      const high = Math.max(round(height(bar.records)), ZERO_HEIGHT);
      return `M${round(positions(index) ?? 0)} ${HEIGHT}v${-high}h${width}v${high}z`;
    })
    .join('');
}

const round = (length: number): number => Math.round(length * 100) / 100;

/** `Records of the last 30 days: 12 to 36 a day, 36 in the newest; 1 day without any, 2 not known.` */
function arrivedText(bars: readonly Bar[], { length }: JobRecords): string {
  const counts = bars.flatMap(({ records }) => records ?? []);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const span = least === most ? grouped(least) : `${grouped(least)} to ${grouped(most)}`;
  const nothing = bars.filter(isNothing).length;
  const unknown = bars.length - counts.length;
  const which = bars.length === 1 ? `the last ${length}` : `the last ${counted(bars.length, length)}`;
  const rest = [
    ...(nothing === 0 ? [] : [`${counted(nothing, length)} without any`]),
    ...(unknown === 0 ? [] : [`${grouped(unknown)} not known`]),
  ];
  const figures = `${span} ${length === 'hour' ? 'an' : 'a'} ${length}, ${grouped(counts[0] ?? 0)} in the newest`;
  return `Records of ${which}: ${figures}${rest.length === 0 ? '' : `; ${rest.join(', ')}`}.`;
}
