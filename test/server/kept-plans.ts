import { type GroupRow, type GroupsPlan, NEVER } from '../../src/server/read/read-plan.ts';
import type { Store } from '../../src/server/store/store.ts';
import type { NewRecord } from '../../src/server/store/stored-record.ts';

/** Plans that a dashboard may have, and records that they are asked of. */

const midnight = (date: string) => `${date}T00:00:00+00:00`;
const upTo = (date: string) => ({ at: midnight(date), inclusive: false });
const sums = (...fields: readonly string[]) => fields.map((field) => ({ field, sum: true, set: false }));
const plan = (rest: Partial<GroupsPlan>): GroupsPlan => ({
  kind: 'groups',
  filters: [],
  fields: [],
  collected: sums('count', 'suppressed'),
  ...rest,
});

/** Of integers, which any sum has exactly. */
export const PLANS: readonly GroupsPlan[] = [
  plan({ period: 'day', from: midnight('2023-12-30'), to: upTo('2024-02-03') }),
  plan({ period: 'week', fields: ['channel'], from: midnight('2023-12-25'), to: upTo('2024-02-26') }),
  plan({ period: 'month', fields: ['channel'], from: midnight('2023-12-01'), to: upTo('2024-03-01') }),
  plan({ period: 'quarter', filters: [{ kind: 'equals', field: 'channel', text: 'paper' }] }),
  plan({ period: 'year', fields: ['channel', 'kind'], from: midnight('2024-01-15') }),
  plan({ fields: ['channel'], to: upTo('2024-02-01') }),
  plan({ fields: ['_timestamp'], from: midnight('2024-01-31'), to: upTo('2024-02-02') }),
];

/** Of fractions and of numbers with many zeros. */
export const FRACTIONS = plan({ period: 'month', fields: ['kind'], collected: sums('amount') });

/** What a plan gives, in an order of its own. */
export async function answerOf(
  store: Store,
  dataSet: string,
  asked: GroupsPlan,
): Promise<readonly GroupRow[]> {
  const result = await store.read(dataSet, asked, NEVER);
  if (result.kind !== 'groups') throw new Error(`asked for groups, got ${result.kind}`);
  return inOrder(result.groups);
}

/** The same of several plans, of what is kept. */
export async function keptAnswersOf(
  store: Store,
  dataSet: string,
  asked: readonly GroupsPlan[],
): Promise<readonly (readonly GroupRow[])[]> {
  const answers = await store.sums(dataSet, asked);
  return answers.map((groups) => {
    if (groups === undefined) throw new Error('there is something that cannot be kept');
    return inOrder(groups);
  });
}

/** Values that are equal are written alike. */
function inOrder(groups: readonly GroupRow[]): readonly GroupRow[] {
  const keyOf = ({ period, values }: GroupRow) => JSON.stringify([period, values]);
  return groups
    .map((row) => ({ ...row, values: row.values.map((json) => JSON.stringify(JSON.parse(json))) }))
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** What the plan of fractions gives, added up here: period, group, sum in tenths. */
export async function tenthsOf(store: Store, dataSet: string): Promise<ReadonlyMap<string, bigint>> {
  const tenths = new Map<string, bigint>();
  for await (const { timestamp, json } of store.records(dataSet)) {
    const { kind, amount } = JSON.parse(json) as { kind: unknown; amount: unknown };
    const key = `${timestamp.slice(0, 7)} ${JSON.stringify(kind)}`;
    tenths.set(key, (tenths.get(key) ?? 0n) + (typeof amount === 'number' ? inTenths(amount) : 0n));
  }
  return tenths;
}

const inTenths = (amount: number): bigint => {
  if (Math.abs(amount) > 1e299) return BigInt(Math.sign(amount)) * 10n ** 301n;
  return BigInt(Math.round(amount * 10));
};

/** A record of one of some ids, its day and fields chosen by numbers: what is drawn twice replaces itself. */
export function recordOf(id: number, day: number, choice: number): NewRecord {
  const timestamp = new Date(Date.UTC(2023, 11, 20 + day, choice % 24)).toISOString().slice(0, 19);
  const pick = (texts: readonly string[], step: number) => texts[Math.floor(choice / step) % texts.length];
  const fields = [
    ['channel', pick(['"paper"', '"digital"', '"phone"', 'null', undefined as never], 1)],
    ['kind', pick(['1', '2', '"a"', 'true', ...(choice % 41 === 0 ? ['1.0', '1e0', '-0'] : [])], 3)],
    ['count', pick(['1', '20', '9223372036854775807', 'null', '-4', undefined as never], 5)],
    ['amount', pick(['1', '3', ...(choice % 7 === 0 ? ['0.1', '0.2', '1e300', '-1e300', '"x"'] : [])], 2)],
    ['suppressed', pick(['false', 'true', undefined as never], 11)],
  ].flatMap(([name, json]) => (json === undefined ? [] : [`"${name}":${json}`]));
  return {
    id: `id-${id}`,
    timestamp: `${timestamp}+00:00`,
    json: `{${[`"_id":"id-${id}"`, ...fields].join(',')}}`,
  };
}
