import type { Point, Series } from '../growth/growth.ts';
import { drawing } from './drawing.ts';
import type { Line, Panel } from './panel.ts';

/** What a series varies, as its page says it. */
export interface Varied {
  readonly heading: string;
  /** Head of the column in the table, and what the axis counts. */
  readonly axis: string;
  readonly isLogarithmic: boolean;
}

export const VARIED: Readonly<Record<Series['name'], Varied>> = {
  rows: { heading: 'Rows of a run', axis: 'rows', isLogarithmic: true },
  columns: { heading: 'Columns of a row', axis: 'columns', isLogarithmic: false },
  latency: { heading: 'Latency of the write API', axis: 'ms of an answer', isLogarithmic: false },
  batch: { heading: 'Records of a request', axis: 'max_batch_records', isLogarithmic: true },
  jobs: { heading: 'Jobs of an idle daemon', axis: 'jobs', isLogarithmic: true },
};

const MEGABYTE = 1_000_000;

/** `500`, `10k`, `1M` */
function short(count: number): string {
  if (count < 1_000) return String(count);
  return count < 1_000_000 ? `${count / 1_000}k` : `${count / 1_000_000}M`;
}

/** The drawing of a series: time and memory side by side. */
export function seriesDrawing({ name, points }: Series): string {
  const { heading, axis, isLogarithmic } = VARIED[name];
  const isIdle = name === 'jobs';
  const multiplies = name === 'rows';
  const work: Panel = {
    title: isIdle ? `part of a core (%), by ${axis}` : `seconds, by ${axis}`,
    lines: isIdle
      ? linesOf(points, { processor: ['processor', 100] })
      : linesOf(points, {
          seconds: ['run', 1],
          processor: ['processor', 1],
          database: ['database', 1],
        }),
    atText: short,
    valueText: (value) => String(Number(value.toPrecision(3))),
    isLogarithmic: { at: isLogarithmic, value: multiplies },
  };
  const memory: Panel = {
    ...work,
    title: `memory (MB), by ${axis}`,
    lines: linesOf(points, { memory: ['memory', 1 / MEGABYTE] }),
    isLogarithmic: { at: isLogarithmic, value: false },
  };
  return drawing(`${heading}: ${isIdle ? 'processor' : 'time'} and memory`, [work, memory]);
}

type Measure = Exclude<keyof Point, 'at'>;

/** @param wanted the name of each line and by what its values are multiplied; what was not measured has no line */
function linesOf(
  points: readonly Point[],
  wanted: Partial<Record<Measure, readonly [name: string, factor: number]>>,
): readonly Line[] {
  return (Object.entries(wanted) as [Measure, readonly [string, number]][]).flatMap(
    ([measure, [name, factor]]) => {
      const values = points.flatMap((point) => {
        const value = point[measure];
        return value === undefined || value === null || value <= 0
          ? []
          : [{ at: point.at, value: value * factor }];
      });
      return values.length === 0 ? [] : [{ name, values }];
    },
  );
}
