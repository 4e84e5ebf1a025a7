import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { Workplace } from '../support/program.ts';

let api: FaultyServer;
let database: TestDatabase;
let workplace: Workplace;

beforeEach(async () => {
  [api, database] = [await startFaultyServer(), await createDatabase('better-sqlite3')];
  workplace = new Workplace();
  await database.execute('CREATE TABLE visits (day date)');
  await database.execute("INSERT INTO visits VALUES ('2015-01-01')");
  const service = `{ client: better-sqlite3, connection: { filename: ${database.url} }, max_connections: 1 }`;
  workplace.write(
    'config.yaml',
    `write_api: { url: "${api.url}" }\ndatabases: { first: ${service}, second: ${service} }\n`,
  );
  for (const [job, name] of [
    ['applications', 'second'],
    ['ratings', 'first'],
    ['visits', 'first'],
  ])
    workplace.write(
      `collectors/${job}.yaml`,
      `database: ${name}
data_set: { data_group: test, data_type: ${job}, token: the-token }
window: { period: day, start: 2015-01-01, max_periods: 100000 }
query: SELECT day FROM visits WHERE day >= :from_date AND day < :to_date
record: { timestamp: day, id: [_timestamp] }
`,
    );
});

afterEach(async () => {
  workplace.remove();
  await database.drop();
  await api.close();
});

interface Summary {
  readonly job: string;
  readonly outcome: string;
  readonly started_at: string;
  readonly ended_at: string;
}

test('jobs of two databases run side by side, those of one after each other; a signal stops all of them', async () => {
  api.otherwise({ fault: 'hang' });
  const { child, ended } = workplace.start(['run', '--all', '--json']);
  // Nothing is answered: if one waited for the other, there would never be a second request.
  await api.seen(2);
  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  expect(code).toBe(143);
  const stopped: Summary[] = JSON.parse(stdout);
  expect(stopped.map(({ job, outcome }) => [job, outcome])).toEqual([
    ['applications', 'interrupted'],
    ['ratings', 'interrupted'],
  ]);

  api.otherwise({ status: 200, body: { status: 'ok' } });
  const again = await workplace.run(['run', 'visits', 'ratings', 'applications', '--json']);
  expect(again.code, again.stderr).toBe(0);
  const runs: Summary[] = JSON.parse(again.stdout);
  expect(runs.map(({ job, outcome }) => [job, outcome])).toEqual([
    ['visits', 'succeeded'],
    ['ratings', 'succeeded'],
    ['applications', 'succeeded'],
  ]);
  const [visits, ratings, applications] = runs;
  expect(ratings && visits && ratings.started_at >= visits.ended_at).toBe(true);
  expect(applications && visits && applications.started_at <= visits.ended_at).toBe(true);
}, 60_000);
