import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { kill9 } from '../support/kill9.ts';
import { ServiceOfVisits } from '../support/service-of-visits.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

/** `verify --repair` beside runs, while both are killed. */

const ROUNDS = 3;
const DAYS = 10;
const ROWS_OF_DAY = 100;
const ALL_IS_RIGHT = 0;
const DATA_SET = '/data/test/applications';
const headers = { authorization: 'Bearer the-token', 'content-type': 'application/json' };
const RUN = ['run', 'visits'];
const REPAIR = ['verify', 'visits', '--repair', '--delete-extra', '--yes', '--quiet'];

let api: RunningWriteApi;
let service: ServiceOfVisits;

beforeEach(async () => {
  api = await startWriteApi({ raw_queries_allowed: true });
  service = await ServiceOfVisits.open(api.url);
  service.sendTo(api.url, 'state: { file: state/collector.sqlite }\n');
  await service.database.execute(`INSERT INTO visits WITH RECURSIVE n(id) AS
    (SELECT 0 UNION ALL SELECT id + 1 FROM n WHERE id < ${DAYS * ROWS_OF_DAY - 1})
    SELECT date('now', '-' || (1 + id / ${ROWS_OF_DAY}) || ' days'), id, 'first' FROM n`);
  service.workplace.write(
    'collectors/visits.yaml',
    `database: service
data_set: { data_group: test, data_type: applications, token: the-token }
window: { period: day, lookback: ${DAYS}, max_periods: 2 }
query: SELECT day, id, note FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY id
record: { timestamp: day, id: [_timestamp, id] }
`,
  );
});

afterEach(async () => {
  await service.close();
  await api.close();
});

const inSource = async () =>
  (await service.database.execute("SELECT id || ' ' || note FROM visits")).map(([text]) => text).toSorted();
const inDataSet = async () => (await api.stored()).map(({ id, note }) => `${id} ${note}`).toSorted();

/** Some rows change, come and go, and the data set loses, changes and gets some. */
async function tamper(round: number): Promise<void> {
  await service.database.execute(`UPDATE visits SET note = 'in round ${round}' WHERE id % 40 = ${round}`);
  await service.database.execute(`DELETE FROM visits WHERE id % 50 = ${round + 20}`);
  const records = await api.stored();
  for (const { _id } of records.filter(({ id }) => Number(id) % 100 === round))
    await fetch(`${api.url}${DATA_SET}/${_id}`, { method: 'DELETE', headers });
  const changed = records
    .filter(({ id }) => Number(id) % 100 === round + 10)
    .flatMap((record, index) => [
      { ...record, note: 'of somebody' },
      { ...record, _id: `extra-${round}-${index}`, id: 5_000 + index },
    ]);
  const body = JSON.stringify(changed);
  expect((await fetch(api.url + DATA_SET, { method: 'POST', headers, body })).status).toBe(200);
}

/** What verifications left behind where they write. */
const leftBehind = () =>
  readdirSync(`${service.workplace.folder}/state`).filter((name) => !name.startsWith('collector.sqlite'));

/** Milliseconds that a command takes that nobody disturbs. */
async function durationOf(command: readonly string[]): Promise<number> {
  const begin = performance.now();
  expect(await service.run(...command)).toMatchObject({ code: ALL_IS_RIGHT });
  return performance.now() - begin;
}

test('nothing that differs is called equal, a repair repairs all, and nothing is left behind', async () => {
  const durations = new Map([
    [RUN, await durationOf(RUN)],
    [REPAIR, await durationOf(REPAIR)],
  ]);
  let killed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await tamper(round);
    const commands = [REPAIR, RUN, REPAIR, RUN];
    await Promise.all(
      commands.map(async (command) => {
        const usual = durations.get(command) ?? 0;
        await delay(Math.random() * usual);
        const { child, ended } = service.workplace.start(command);
        const isSpared = Math.random() < 0.25;
        const end = await Promise.race([ended, isSpared ? ended : delay(Math.random() * usual)]);
        if (end === undefined) {
          await kill9(child);
          killed += 1;
        } else if (command === REPAIR && end.code === ALL_IS_RIGHT)
          expect(await inDataSet()).toEqual(await inSource());
      }),
    );
    const last = await service.run(...REPAIR);
    expect(last.code, last.stderr).toBe(ALL_IS_RIGHT);
    expect(await inDataSet()).toEqual(await inSource());
  }
  expect(killed).toBeGreaterThan(0);
  expect(leftBehind()).toEqual([]);
  const state = openSqliteState(`${service.workplace.folder}/state/collector.sqlite`);
  try {
    expect([...(await state.holders()).keys(), ...(await state.running()).keys()]).toEqual([]);
    expect(await state.pendingOf('visits')).toEqual([]);
    const [verification] = await state.verificationsOf('visits');
    expect(verification?.outcome).toMatchObject({ missing: 0, different: 0, extra: 0 });
  } finally {
    await state.close();
  }
  expect(await service.run('run', 'visits')).toMatchObject({ code: 0 });
  expect(await inDataSet()).toEqual(await inSource());
}, 300_000);
