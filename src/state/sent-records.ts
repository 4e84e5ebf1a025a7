import type { Span } from '../model/progress.ts';
import type { Forgotten, NewlySent, RememberedPeriod, SentDoubt, SentPeriod } from '../model/sent-records.ts';
import { change, rowOf, rowsOf, type Values, type Work } from './work.ts';

interface SentRow {
  readonly period: number;
  readonly entries: Uint8Array;
}

interface DoubtRow {
  readonly period: number;
  /** Null: any. */
  readonly ids: Uint8Array | null;
}

/** Rows that one statement stores: PostgreSQL, which may be far away, is asked less often. */
const AT_ONCE = 100;

export function* sentOf(job: string, rules: string, span: Span): Work<readonly RememberedPeriod[]> {
  const within = 'WHERE job = @job AND period >= @from AND period < @to ORDER BY period';
  const isKnown = (yield* rulesOf(job)) === rules;
  const sent = isKnown
    ? yield* rowsOf<SentRow>(`SELECT period, entries FROM sent ${within}`, { job, ...span })
    : [];
  const doubts = yield* rowsOf<DoubtRow>(`SELECT period, ids FROM sent_doubts ${within}, number`, {
    job,
    ...span,
  });
  const entries = new Map(sent.map((row) => [row.period, wordsIn(row.entries)]));
  const doubtsOf = Map.groupBy(doubts, ({ period }) => period);
  return [...new Set([...entries.keys(), ...doubtsOf.keys()])]
    .sort((one, other) => one - other)
    .map((period) => ({
      period,
      entries: entries.get(period),
      doubts: (doubtsOf.get(period) ?? []).map(({ ids }) => (ids === null ? 'all' : wordsIn(ids))),
    }));
}

export function* doubtSent(job: string, rules: string, doubts: readonly SentDoubt[]): Work<void> {
  yield* goBy(job, rules);
  yield* insertEach(
    doubts,
    (places) => `INSERT INTO sent_doubts (job, period, number, ids) VALUES ${places}`,
    (index) =>
      `(@job, @period_${index}, (SELECT coalesce(max(number), 0) + 1 FROM sent_doubts
         WHERE job = @job AND period = @period_${index}), @ids_${index})`,
    { job },
    ({ period, ids }) => ({ period, ids: ids === 'all' ? null : bytesOf(ids) }),
  );
}

export function* rememberSent(
  job: string,
  { rules, periods, settled: { from, to }, keptFrom }: NewlySent,
): Work<void> {
  yield* goBy(job, rules);
  yield* insertEach<SentPeriod>(
    periods,
    (places) =>
      `INSERT INTO sent (job, period, entries) VALUES ${places}
       ON CONFLICT (job, period) DO UPDATE SET entries = excluded.entries`,
    (index) => `(@job, @period_${index}, @entries_${index})`,
    { job },
    ({ period, entries }) => ({ period, entries: bytesOf(entries) }),
  );
  yield* change('DELETE FROM sent WHERE job = @job AND period < @keptFrom', { job, keptFrom });
  yield* change(
    `DELETE FROM sent_doubts
     WHERE job = @job AND (period < @keptFrom OR (period >= @from AND period < @to))`,
    { job, keptFrom, from, to },
  );
}

/** What is doubtful stays so: what is still on its way arrives, whatever is forgotten meanwhile. */
export function* forgetSent(job: string, what: Forgotten): Work<void> {
  if (what === 'content') return yield* doubtAll(job);
  for (const table of ['sent', 'sent_rules']) yield* change(`DELETE FROM ${table} WHERE job = @job`, { job });
}

function* doubtAll(job: string): Work<void> {
  yield* change(
    `INSERT INTO sent_doubts (job, period, number, ids)
     SELECT job, period, (SELECT coalesce(max(number), 0) + 1 FROM sent_doubts
       WHERE job = sent.job AND period = sent.period), NULL
     FROM sent WHERE job = @job`,
    { job },
  );
}

function* rulesOf(job: string): Work<string | undefined> {
  const row = yield* rowOf<{ readonly rules: string }>('SELECT rules FROM sent_rules WHERE job = @job', {
    job,
  });
  return row?.rules;
}

/** What was acknowledged by other rules is void. */
function* goBy(job: string, rules: string): Work<void> {
  if ((yield* rulesOf(job)) === rules) return;
  yield* forgetSent(job, 'records');
  yield* change('INSERT INTO sent_rules (job, rules) VALUES (@job, @rules)', { job, rules });
}

/** @param placeOf the row of an index, whose parameters end in it @param valuesOf without the index */
function* insertEach<Each>(
  all: readonly Each[],
  statement: (places: string) => string,
  placeOf: (index: number) => string,
  shared: Values,
  valuesOf: (each: Each) => Values,
): Work<void> {
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE);
    const values = some.flatMap((each, index) =>
      Object.entries(valuesOf(each)).map(([name, value]) => [`${name}_${index}`, value] as const),
    );
    yield* change(statement(some.map((_, index) => placeOf(index)).join(', ')), {
      ...shared,
      ...Object.fromEntries(values),
    });
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A copy, because words must begin at a multiple of their length. */
const wordsIn = (bytes: Uint8Array): Int32Array => new Int32Array(new Uint8Array(bytes).buffer);
