import type { GroupsPlan } from '../../src/server/read/read-plan.ts';
import { openPostgresqlStore } from '../../src/server/store/postgresql/store.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import type { Store } from '../../src/server/store/store.ts';
import type { NewRecord } from '../../src/server/store/stored-record.ts';

/** Ten years of days with three fields of groups, and the eight modules of a page about them. */

export const DATA_SET = 'dashboard';
export const UPDATED_AT = '2026-01-01T00:00:00+00:00';
const FIRST = Date.UTC(2016, 0, 1);
const DAY = 86_400_000;
const DAYS = 3_653;
const CHANNELS = ['digital', 'paper', 'phone', 'face to face', 'agent'];
const REGIONS = Array.from({ length: 11 }, (_, index) => `region ${index}`);
const STAGES = ['start', 'pay', 'check', 'submit', 'done'];

/** The records of a day: every fiftieth number is suppressed, every hundredth missing. */
export function recordsOf(day: number): readonly NewRecord[] {
  const timestamp = `${new Date(FIRST + day * DAY).toISOString().slice(0, 19)}+00:00`;
  return CHANNELS.flatMap((channel) =>
    REGIONS.flatMap((region) =>
      STAGES.map((stage, index) => {
        const id = `${timestamp}.${channel}.${region}.${stage}`;
        const number = day * 7 + index * 31 + region.length * 17;
        const fields = {
          _id: id,
          _timestamp: timestamp,
          channel,
          region,
          stage,
          suppressed: number % 50 === 0,
        };
        const count = number % 50 === 0 ? { count: null } : number % 100 === 1 ? {} : { count: number % 997 };
        return { id, timestamp, json: JSON.stringify({ ...fields, ...count }) };
      }),
    ),
  );
}

/** As many whole days as come to about so many records. */
export function* records(count: number): Generator<readonly NewRecord[]> {
  const days = Math.min(DAYS, Math.ceil(count / (CHANNELS.length * REGIONS.length * STAGES.length)));
  for (let day = DAYS - days; day < DAYS; day++) yield recordsOf(day);
}

const upTo = (date: string) => ({ to: { at: `${date}T00:00:00+00:00`, inclusive: false } });
const since = (date: string) => ({ from: `${date}T00:00:00+00:00` });
const ALL = { ...since('2016-01-01'), ...upTo('2026-01-01') };
const TWO_YEARS = { ...since('2023-12-04'), ...upTo('2025-12-29') };
const DONE = { kind: 'equals', field: 'stage', text: 'done' } as const;
const DIGITAL = { kind: 'equals', field: 'channel', text: 'digital' } as const;

const MODULES: readonly Partial<GroupsPlan>[] = [
  { period: 'month', ...ALL },
  { period: 'month', fields: ['channel'], ...ALL },
  { period: 'quarter', fields: ['channel'], filters: [DONE], ...ALL },
  { period: 'year', fields: ['region'], ...ALL },
  { period: 'week', fields: ['region'], ...TWO_YEARS },
  { period: 'week', fields: ['stage'], ...TWO_YEARS },
  { period: 'week', fields: ['stage'], filters: [DIGITAL], ...TWO_YEARS },
  { period: 'day', fields: ['channel'], ...since('2024-09-30'), ...upTo('2026-01-01') },
];

/** The numbers of the eight modules, one after the other, as pages ask for them. */
export async function readPage(store: Store): Promise<void> {
  const collected = ['count', 'suppressed'].map((field) => ({ field, sum: true, set: false }));
  const plans = MODULES.map(
    (module): GroupsPlan => ({ kind: 'groups', filters: [], fields: [], collected, ...module }),
  );
  const answers = await store.sums(DATA_SET, plans);
  if (answers.some((groups) => !groups?.length)) throw new Error('a module has no numbers');
}

/** @param place `postgres://…`, or a SQLite file */
export async function openPlace(place: string): Promise<Store> {
  return place.startsWith('postgres') ? await openPostgresqlStore(place) : openSqliteStore(place);
}
