import { didYouMean } from '../config/nearest-name.ts';
import { sentence } from '../words/counts.ts';
import { type DayColumn, obviousDayColumn } from './day-column.ts';
import { type Ask, firstNames, NoFirstJobError } from './plan.ts';

/** The column that tells the day of a row, and why this one. */
export interface ChosenDay {
  readonly day: DayColumn;
  readonly why: string;
}

/** @param subject what has the columns, e.g. `table visits` @param wanted as the command line names it */
export async function chooseDay(
  subject: string,
  days: readonly DayColumn[],
  wanted: string | undefined,
  ask: Ask,
): Promise<ChosenDay> {
  const names = days.map(({ column }) => column.name);
  if (wanted !== undefined) return { day: dayNamed(subject, days, wanted), why: '' };
  if (days.length === 0) {
    throw new NoFirstJobError(
      `${subject} has no column of dates or times, so nothing tells for which day a row counts`,
      'Select one, or leave out the parameters of the window, so that each run takes a snapshot.',
    );
  }
  const obvious = obviousDayColumn(days);
  if (obvious !== undefined) {
    const others = names.filter((name) => name !== obvious.column.name);
    return {
      day: obvious,
      why: others.length === 0 ? '' : ` (not from ${firstNames(others)}: --date-column)`,
    };
  }
  const text = `Which column of ${subject} tells the day for which a row counts`;
  const answer = await ask({
    about: 'columns of dates or times',
    text,
    answers: names,
    option: '--date-column',
  });
  return { day: dayNamed(subject, days, answer), why: '' };
}

function dayNamed(subject: string, days: readonly DayColumn[], wanted: string): DayColumn {
  const small = wanted.toLowerCase();
  const found =
    days.find(({ column }) => column.name === wanted) ??
    days.find(({ column }) => column.name.toLowerCase() === small);
  if (found !== undefined) return found;
  const names = days.map(({ column }) => column.name);
  throw new NoFirstJobError(
    `${subject} has no column of dates or times called ${wanted}`,
    sentence(
      didYouMean(wanted, names) ?? (names.length === 0 ? 'it has none' : `it has ${firstNames(names)}`),
    ),
  );
}
