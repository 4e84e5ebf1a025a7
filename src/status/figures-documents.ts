import { periodText } from '../calendar/period-text.ts';
import { type JobFigures, measuresIn } from '../model/figures.ts';
import { csvLine } from '../words/csv-line.ts';
import type { JobDetail } from './daemon-view.ts';

/** What has arrived, as JSON: sums stay texts, because their digits are more than a JSON number keeps. */
export const figuresDocument = ({ name, figures }: Pick<JobDetail, 'name' | 'figures'>) => ({
  job: name,
  period: figures?.length ?? null,
  figures:
    figures?.periods.map(({ period, records, sums }) => ({
      start: periodText(figures.length, period),
      records,
      sums,
    })) ?? [],
});

/** The same as a table by RFC 4180. */
export function figuresCsv(figures: JobFigures | undefined): string {
  const measures = figures === undefined ? [] : measuresIn(figures.periods);
  const rows = figures?.periods.map(({ period, records, sums }) => [
    periodText(figures.length, period),
    String(records),
    ...measures.map((measure) => sums[measure] ?? ''),
  ]);
  return [['start', 'records', ...measures], ...(rows ?? [])].map(csvLine).join('');
}
