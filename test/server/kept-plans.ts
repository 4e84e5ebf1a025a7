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

export const PLANS: readonly GroupsPlan[] = [
  plan({ period: 'day', from: midnight('2023-12-30'), to: upTo('2024-02-03') }),
  plan({ period: 'week', fields: ['channel'], from: midnight('2023-12-25'), to: upTo('2024-02-26') }),
  plan({ period: 'month', fields: ['channel'], from: midnight('2023-12-01'), to: upTo('2024-03-01') }),
  plan({ period: 'quarter', filters: [{ kind: 'equals', field: 'channel', text: 'paper' }] }),
  plan({ period: 'year', fields: ['channel', 'kind'], from: midnight('2024-01-15') }),
  plan({ fields: ['channel'], to: upTo('2024-02-01') }),
  plan({ fields: ['_timestamp'], from: midnight('2024-01-31'), to: upTo('2024-02-02') }),
  plan({ period: 'month', fields: ['kind'], collected: sums('amount') }),
];

/** What a plan gives, in an order of its own. */
export async function answerOf(
  store: Store,
  dataSet: string,
  asked: GroupsPlan,
): Promise<readonly GroupRow[]> {
  const result = await store.read(dataSet, asked, NEVER);
  if (result.kind !== 'groups') throw new Error(`asked for groups, got ${result.kind}`);
  const keyOf = ({ period, values }: GroupRow) => JSON.stringify([period, values]);
  return result.groups.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

export const kept = (asked: GroupsPlan): GroupsPlan => ({ ...asked, isKept: true });

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
