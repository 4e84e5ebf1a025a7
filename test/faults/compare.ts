import type { Differences, Facts } from './model.ts';
import { badnessOf, type SourceRow } from './source-table.ts';
import type { DeadLetterFacts } from './state-file.ts';

const MOST_SHOWN = 8;

/** The records that a set of rows must have become, by `_id`. */
export type Expected = ReadonlyMap<string, string>;

/** @param isWhole whether there may be no other records */
export function compareRecords(expected: Expected, records: Facts['records'], isWhole: boolean): Differences {
  const missing = [...expected].filter(([id]) => !records.has(id)).map(([, json]) => `missing: ${json}`);
  const wrong = [...expected]
    .filter(([id, json]) => records.has(id) && records.get(id) !== json)
    .map(([id, json]) => `wrong: ${records.get(id)}\n    expected: ${json}`);
  const others = isWhole
    ? [...records].filter(([id]) => !expected.has(id)).map(([, json]) => `not expected: ${json}`)
    : [];
  return [...shortened(missing), ...shortened(wrong), ...shortened(others)];
}

const CAUSES = {
  refused: 'refused',
  'no record': 'not-a-record',
  'answered 500': 'server-error',
  'answered 413': 'too-large',
} as const;

/** Compares the dead letters with the rows that must be some, by `seq`. */
export function compareDeadLetters(
  bad: readonly SourceRow[],
  letters: readonly DeadLetterFacts[],
  isWhole: boolean,
): Differences {
  const found = new Map(letters.map((letter) => [letter.seq, letter]));
  const missing = bad
    .filter(({ seq }) => !found.has(seq))
    .map((row) => `no dead letter: ${JSON.stringify(row)}`);
  const wrong = bad.flatMap((row) => {
    const [cause, badness] = [found.get(row.seq)?.cause, badnessOf(row)];
    return cause === undefined || badness === undefined || cause === CAUSES[badness]
      ? []
      : [`dead letter of ${row.seq}: ${cause}, expected ${CAUSES[badness]}`];
  });
  const expected = new Set(bad.map(({ seq }) => seq));
  const others = isWhole
    ? letters
        .filter(({ seq }) => !expected.has(seq))
        .map((letter) => `dead letter not expected: ${JSON.stringify(letter)}`)
    : [];
  return [...shortened(missing), ...shortened(wrong), ...shortened(others)];
}

/**
 * Without the rows that were refused for a while and are kept as dead letters: they wait for somebody to replay them.
 */
export function withoutRefused(
  rows: readonly SourceRow[],
  { state, refusedForAWhile }: Pick<Facts, 'state' | 'refusedForAWhile'>,
): readonly SourceRow[] {
  const kept = new Set(state.deadLetters.map(({ seq }) => seq));
  return rows.filter(
    (row) => badnessOf(row) !== undefined || !kept.has(row.seq) || !refusedForAWhile.has(row.seq),
  );
}

/** Splits rows into those that must be delivered and those that cannot. */
export function sorted(rows: readonly SourceRow[]): {
  readonly good: readonly SourceRow[];
  readonly bad: readonly SourceRow[];
} {
  return {
    good: rows.filter((row) => badnessOf(row) === undefined),
    bad: rows.filter((row) => badnessOf(row) !== undefined),
  };
}

function shortened(lines: readonly string[]): readonly string[] {
  const more = lines.length - MOST_SHOWN;
  return more > 0 ? [...lines.slice(0, MOST_SHOWN), `… and ${more} more like it`] : lines;
}
