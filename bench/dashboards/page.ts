import { openPostgresqlStore } from '../../src/server/store/postgresql/store.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import type { Store } from '../../src/server/store/store.ts';
import type { NewRecord } from '../../src/server/store/stored-record.ts';

/** Ten years of days, up to yesterday, with three fields of groups, and the eight modules of a page about them. */

const DAY = 86_400_000;
const DAYS = 3_653;
const FIRST = Math.floor(Date.now() / DAY - DAYS) * DAY;
export const LAST_DAY = DAYS - 1;
const CHANNELS = ['digital', 'paper', 'phone', 'face to face', 'agent'];
const REGIONS = Array.from({ length: 11 }, (_, index) => `region ${index}`);
const STAGES = ['start', 'pay', 'check', 'submit', 'done'];

/** The records of a day: every fiftieth number is suppressed, every hundredth missing. */
export function recordsOf(day: number): readonly NewRecord[] {
  const timestamp = `${new Date(FIRST + day * DAY).toISOString().slice(0, 19)}+00:00`;
  return CHANNELS.flatMap((channel) =>
    REGIONS.flatMap((region) =>
      STAGES.map((stage, index) => {
        const id = `${timestamp}.${channel}.${region}.${stage}`.replaceAll(' ', '-');
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

/** A module, and of how many periods it is. */
const module = (title: string, period: string, duration: number, rest = ''): string =>
  `  - { title: ${title}, data_set: bench/batches, period: ${period}, duration: ${duration}, ${rest} }`;
const by = (field: string, more = '') => `type: grouped_timeseries, group_by: ${field}${more}`;

/** Eight modules: four of all years, three of two years of weeks, and one of a year and a quarter of days. */
export const DASHBOARD = `title: Bench
modules:
${[
  module('All', 'month', 120, 'type: single_timeseries'),
  module('Channels', 'month', 120, by('channel')),
  module('Done', 'quarter', 40, by('channel', ', filter_by: { stage: done }')),
  module('Regions', 'year', 9, by('region')),
  module('Regions by week', 'week', 104, by('region')),
  module('Stages', 'week', 104, by('stage')),
  module('Digital stages', 'week', 104, by('stage', ', filter_by: { channel: digital }')),
  module('Days', 'day', 458, by('channel')),
].join('\n')}
`;

/** @param place `postgres://…`, or a SQLite file */
export async function openPlace(place: string): Promise<Store> {
  return place.startsWith('postgres') ? await openPostgresqlStore(place) : openSqliteStore(place);
}
