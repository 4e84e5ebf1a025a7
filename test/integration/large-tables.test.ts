import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL_PRODUCTS, type Client, createDatabase, type TestDatabase } from '../support/databases.ts';
import { numbersTo } from '../support/number-rows.ts';
import { Workplace } from '../support/program.ts';

const CONNECTION = {
  pg: 'connection: URL',
  mysql2: 'connection: URL',
  'better-sqlite3': 'connection: { filename: URL }',
};

const HEAD = `database: shop
timezone: UTC
data_set: { data_group: test, data_type: visits, token: the-token }
`;
const WINDOW = `${HEAD}window: { period: day }\n`;

/** A row for each pair of numbers below these. */
const [THOUSANDS, EACH] = [1_500, 1_000];

/** PostgreSQL once: its plans are the same in each version, and by way of a pooler. */
const PRODUCTS = ALL_PRODUCTS.filter(([product, client]) => client !== 'pg' || product === 'postgresql');

describe.each(PRODUCTS)('a table of more than a million rows: %s', (product, client: Client) => {
  let database: TestDatabase;
  let workplace: Workplace;

  const numbers = (last: number, name: string): string =>
    client === 'better-sqlite3'
      ? `(with recursive s (n) as (select 1 union all select n + 1 from s where n < ${last}) select n from s) as ${name}`
      : numbersTo(client, last).replace('as numbers', `as ${name}`);

  beforeAll(async () => {
    database = await createDatabase(product);
    const time = client === 'pg' ? 'timestamp' : 'datetime';
    await database.execute(
      `create table visits (id integer primary key, submitted_at ${time}, channel varchar(20))`,
    );
    await database.execute(
      // In order, so that pages are full and what is guessed by them is right.
      `insert into visits select (a.n - 1) * ${EACH} + b.n, '2015-06-01 12:00:00', 'paper'
       from ${numbers(THOUSANDS, 'a')} cross join ${numbers(EACH, 'b')}
       order by 1`,
    );
    if (client !== 'better-sqlite3')
      await database.execute(client === 'pg' ? 'analyze visits' : 'analyze table visits');
    workplace = new Workplace();
    const connection = CONNECTION[client].replace('URL', database.url);
    workplace.write(
      'config.yaml',
      `write_api: { url: "http://127.0.0.1:1" }\ndatabases: { shop: { client: ${client}, ${connection}, timezone: UTC } }\n`,
    );
  }, 120_000);

  afterAll(async () => {
    workplace.remove();
    await database.drop();
  });

  /** What `check` says of a job's query that is well. */
  async function warningsOf(job: string): Promise<{ message: string; remedy: string }[]> {
    workplace.write('collectors/visits.yaml', job);
    const { stdout } = await workplace.run(['check', 'visits', '--json']);
    const { checks } = JSON.parse(stdout);
    const query = checks.find(({ layer }: { layer: string }) => layer === 'query');
    expect(query).toMatchObject({ ok: true });
    return query.warnings;
  }

  const WINDOW_JOB = `${WINDOW}record: { timestamp: day, id: [_timestamp, channel] }
query: |
  SELECT date(v.submitted_at) AS day, v.channel, count(*) AS count
  FROM visits v
  WHERE v.submitted_at >= :from AND v.submitted_at < :to
  GROUP BY date(v.submitted_at), v.channel
`;

  test('is warned of where the window cannot be found by an index, until the index that it names is made', async () => {
    const [warning, ...others] = await warningsOf(WINDOW_JOB);
    expect(others).toEqual([]);
    expect(warning?.message).toMatch(
      /^it reads all of visits, about [12],\d00,000 rows, in each run, at collectors\/visits\.yaml:8:8$/,
    );
    expect(warning?.remedy).toBe(
      'An index would spare it that: create index visits_submitted_at on visits (submitted_at).',
    );
    expect(await warningsOf(WINDOW_JOB.replaceAll('v.submitted_at >=', 'date(v.submitted_at) >='))).toEqual([
      warning,
    ]);
    const byDate = WINDOW_JOB.replace(
      /WHERE.*/,
      'WHERE date(v.submitted_at) BETWEEN :from_date AND :to_date',
    );
    expect((await warningsOf(byDate))[0]?.remedy).toBe(
      'Compare submitted_at as it stands, not what the query makes of it, so that an index can be used, and ' +
        'create index visits_submitted_at on visits (submitted_at).',
    );
    await database.execute(/create .*\)/.exec(warning?.remedy ?? '')?.[0] ?? '');
    expect(await warningsOf(WINDOW_JOB)).toEqual([]);
  });

  const cursorJob = (
    columns: string,
    start: string,
  ) => `${HEAD}cursor: { columns: [${columns}], start: [${start}] }
record: { timestamp: submitted_at, id: [id] }
query: |
  SELECT id, submitted_at, channel FROM visits
  WHERE ${columns.split(', ').length === 1 ? 'id > :id' : '(channel, id) > (:channel, :id)'}
  ORDER BY ${columns}
`;

  test('is not warned of where the position of a job has an index, and otherwise is', async () => {
    expect(await warningsOf(cursorJob('id', '0'))).toEqual([]);
    expect(await warningsOf(cursorJob('channel, id', 'a, 0'))).toMatchObject([
      { remedy: 'An index would spare it that: create index visits_channel_id on visits (channel, id).' },
    ]);
  });

  test('is warned of in a query that reads it as a whole', async () => {
    const job = `${HEAD}snapshot: { period: day }\nquery: SELECT channel, count(*) AS count FROM visits GROUP BY channel\n`;
    expect(await warningsOf(job)).toMatchObject([
      { remedy: expect.stringMatching(/^See whether an index could find the rows/) },
    ]);
  });
});
