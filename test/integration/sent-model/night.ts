import fc from 'fast-check';

/** What happens from one night to the next, and to the run of the night. */

/** Days that a run looks back. */
export const LOOKBACK = 3;
/** Rows that a day may have. */
export const ROWS_OF_DAY = 4;
/** The value that the data set does not take in some nights. */
export const DISPUTED = 3;

/** A row that is written, by how many days it is old; null: it is deleted. */
export interface Edit {
  readonly daysAgo: number;
  readonly number: number;
  readonly count: number | null;
}

/** What is done before the run. `backwards`: progress is set back as far as a run looks back. */
export const EVENTS = ['none', 'lose', 'empty', 'reset', 'backwards', 'replay', 'discard', 'repair'] as const;

/** What becomes of what the data set does not take: it may be stored all the same when the write API answers 500. */
export type Refusal = 'none' | 'refused' | 'failing' | 'failing-but-stored';

/**
 * What ends a run before its time: something that it does to the data set or the state, counted from its begin, is not
 * done, is done without an answer, or is done much later; and the process dies with it, or goes on to its end.
 */
export interface Break {
  readonly at: number;
  readonly fate: 'before' | 'after' | 'late';
  readonly dies: boolean;
}

export interface Night {
  readonly daysLater: number;
  readonly edits: readonly Edit[];
  /** What is written after the event. */
  readonly later: readonly Edit[];
  readonly event: (typeof EVENTS)[number];
  /** Of `lose`: rows by their places among those that are looked back to; empty: all. */
  readonly lost: readonly number[];
  /** Of two, the data set that the job writes to. */
  readonly dataSet: 0 | 1;
  /** Stands in each record. */
  readonly mapping: 0 | 1;
  readonly refusal: Refusal;
  readonly hidesCounts: boolean;
  readonly allRecords: boolean;
  readonly broken: Break | undefined;
}

export interface Plan {
  readonly deleted: 'keep' | 'remove';
  readonly max_batch_records: number;
  readonly max_periods: number;
  /** Whether the table has all its rows in the first night. */
  readonly isFull: boolean;
  readonly nights: readonly Night[];
}

const often = <Value>(usual: Value, weight: number, ...others: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

/** One row more often than the others: what happens to it is more than once. */
const edit: fc.Arbitrary<Edit> = fc.record({
  daysAgo: often(1, 4, 1, 2, 3),
  number: often(0, 5, 0, 1, 2, 3),
  count: fc.constantFrom(1, 1, 2, DISPUTED, null),
});

const fate = fc.constantFrom<Break['fate'][]>('before', 'after', 'after', 'late', 'late');

const broken: fc.Arbitrary<Break> = fc.record({
  at: fc.oneof(fc.nat(5), fc.nat(25)),
  fate,
  dies: fc.boolean(),
});

const UNDISTURBED = { broken: undefined, refusal: 'none' } as const;
const SAME_PLACE = { daysLater: 0, dataSet: 0, mapping: 0 } as const;

const night: fc.Arbitrary<Night> = fc.record({
  daysLater: often(0, 5, 1),
  edits: fc.array(edit, { maxLength: 3 }),
  later: fc.array(edit, { maxLength: 1 }),
  event: often<Night['event']>('none', 1, ...EVENTS),
  lost: fc.array(fc.nat(LOOKBACK * ROWS_OF_DAY - 1), { maxLength: 2 }),
  dataSet: often<0 | 1>(0, 8, 1),
  mapping: often<0 | 1>(0, 6, 1),
  refusal: often<Refusal>('none', 1, 'refused', 'failing', 'failing-but-stored'),
  hidesCounts: often(false, 12, true),
  allRecords: often(false, 8, true),
  broken: fc.option(broken, { freq: 2, nil: undefined }),
});

const HOT = { daysAgo: 1, number: 0 } as const;

/** What becomes of a night in which something else is there than before and after. */
const middle = fc.oneof(
  fc.record({
    count: fc.constant(2),
    broken: fc.record({ at: fc.constantFrom(0, 1, 1, 1, 2, 3), fate, dies: fc.boolean() }),
  }),
  fc.record({
    count: fc.constant(DISPUTED),
    refusal: fc.constantFrom<Refusal[]>('refused', 'failing', 'failing-but-stored'),
    broken: fc.constant(undefined),
  }),
);

/** A row that goes somewhere and back, or stays there. */
const detour: fc.Arbitrary<readonly Night[]> = fc
  .record({
    nights: fc.tuple(night, night, night),
    first: fc.constantFrom(1, null),
    middle,
    last: fc.constantFrom(1, DISPUTED, null),
    event: fc.constantFrom<Night['event'][]>('none', 'replay', 'discard', 'discard'),
  })
  .map(({ nights: [before, between, after], first, middle: { count, ...becomes }, last, event }) => [
    { ...before, ...UNDISTURBED, edits: [{ ...HOT, count: first }], later: [] },
    { ...between, ...SAME_PLACE, ...becomes, event: 'none', edits: [{ ...HOT, count }], later: [] },
    { ...after, ...SAME_PLACE, ...UNDISTURBED, event, edits: [], later: [{ ...HOT, count: last }] },
  ]);

/** What is different from the night before stays so. */
function staying(nights: readonly Night[]): readonly Night[] {
  let [dataSet, mapping]: [0 | 1, 0 | 1] = [0, 0];
  return nights.map((each) => {
    if (each.dataSet === 1) dataSet = dataSet === 0 ? 1 : 0;
    if (each.mapping === 1) mapping = mapping === 0 ? 1 : 0;
    return { ...each, dataSet, mapping };
  });
}

export const plans: fc.Arbitrary<Plan> = fc.record({
  deleted: fc.constantFrom('keep', 'remove'),
  max_batch_records: fc.constantFrom(1, 2, 100),
  max_periods: fc.constantFrom(1, 31),
  isFull: often(true, 3, false),
  nights: fc
    .array(
      fc.oneof(
        night.map((each) => [each]),
        detour,
      ),
      { minLength: 2, maxLength: 4 },
    )
    .map((nights) => staying(nights.flat())),
});

/** Nothing happens, and nothing is done. */
export const quiet = ({ dataSet, mapping }: Night): Night => ({
  daysLater: 0,
  edits: [],
  later: [],
  event: 'none',
  lost: [],
  refusal: 'none',
  hidesCounts: false,
  allRecords: false,
  broken: undefined,
  ...{ dataSet, mapping },
});
