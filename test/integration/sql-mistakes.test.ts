import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL_PRODUCTS, type Client, createDatabase, type TestDatabase } from '../support/databases.ts';
import { Workplace } from '../support/program.ts';

/** Mistakes in queries of job files, as each database tells them. */

const CONNECTION = {
  pg: 'connection: URL',
  mysql2: 'connection: URL',
  'better-sqlite3': 'connection: { filename: URL }',
};

const head = (dataType: string) => `database: shop
data_set: { data_group: test, data_type: ${dataType}, token: the-token }
window: { period: day }
record: { timestamp: day, id: [_timestamp] }
`;

describe.each(ALL_PRODUCTS)('%s', (product, client: Client) => {
  let database: TestDatabase;
  let workplace: Workplace;

  beforeAll(async () => {
    database = await createDatabase(product);
    await database.execute('create table visits (day date, channel varchar(20), visitors int)');
    workplace = new Workplace();
    const connection = CONNECTION[client].replace('URL', database.url);
    workplace.write(
      'config.yaml',
      `write_api: { url: "http://127.0.0.1:1" }\ndatabases: { shop: { client: ${client}, ${connection}, timezone: UTC } }\n`,
    );
  });

  afterAll(async () => {
    workplace.remove();
    await database.drop();
  });

  /** What `check` says of the query of a job. */
  async function told(job: string): Promise<string> {
    workplace.write('collectors/visits.yaml', `${head('visits')}${job}`);
    const { stdout } = await workplace.run(['check', 'visits']);
    const [, text = stdout] = /✗ query of visits: database shop: (.*?)\n(?=[✓✗!–])/s.exec(stdout) ?? [];
    return text.replace(/ \([\d.]+ s\)/, '');
  }

  test('an unknown column behind parameters, in a block', async () => {
    expect(
      await told(
        "query: |\n  SELECT day, '😀',\n    :from_date, chanel\n  FROM visits WHERE day >= :from_date AND day < :to_date\n",
      ),
    ).toMatch(
      /chanel.*, at collectors\/visits\.yaml:7:17\n {4}7 \| {5}:from_date, chanel\n {6}\| {17}\^{6}\n {2}→/,
    );
  });

  test('an unknown table in double quotes with escapes and breaks, of a file with CRLF', async () => {
    const query = 'query: "SELECT day FROM \\\n  v\\x69sit WHERE\n  day >= :from_date AND day < :to_date"\n';
    expect(await told(query.replaceAll('\n', '\r\n'))).toMatch(
      /visit.*, at collectors\/visits\.yaml:6:3\n {4}6 \| {3}v\\x69sit WHERE\n {6}\| {3}\^{8}\n {2}→/,
    );
  });

  test('a syntax error in a folded text', async () => {
    expect(
      await told(
        'query: >-\n  SELECT day,\n    channel\n\n  FORM visits\n  WHERE day >= :from_date AND day < :to_date\n',
      ),
    ).toMatch(
      /syntax error.*, at collectors\/visits\.yaml:9:8\n {4}9 \| {3}FORM visits\n {6}\| {8}\^{6}\n {2}→/,
    );
  });

  test('a query that ends too early, of a file of its own', async () => {
    workplace.write(
      'collectors/visits.sql',
      'select day from visits\nwhere day >= :from_date and (day < :to_date\n',
    );
    expect(await told('query_file: visits.sql\n')).toMatch(
      /, at collectors\/visits\.sql:2:44\n {4}2 \| where/,
    );
  });

  test('an unknown function in single quotes', async () => {
    expect(
      await told(
        "query: 'SELECT day, ''it'',\n  nothing(channel) FROM visits WHERE day >= :from_date AND day < :to_date'\n",
      ),
    ).toMatch(/nothing.*, at collectors\/visits\.yaml:6:3\n {4}6 \| {3}nothing\(/);
  });

  test('a column of an alias elsewhere has the line and column of the query, and its key', async () => {
    const defaults = `description: &query "SELECT chanel FROM visits WHERE day >= :from_date AND day < :to_date"\n`;
    expect(await told(`${defaults}query: *query\n`)).toMatch(
      /chanel.*, at line 1, column 8 of the query, collectors\/visits\.yaml:6:1\n {2}→/,
    );
  });

  test('a query without mistakes has about so many rows by the plan, where the database tells', async () => {
    await told('query: SELECT day FROM visits WHERE day >= :from_date AND day < :to_date\n');
    const { stdout } = await workplace.run(['check', 'visits']);
    expect(stdout).toMatch(
      client !== 'better-sqlite3'
        ? /^✓ query of visits: about \d+ rows? in a window, by the database's own plan \(/m
        : /^✓ query of visits \(/m,
    );
  });

  test('run, preview and the log tell it as check does', async () => {
    const job = 'query: SELECT chanel FROM visits WHERE day >= :from_date AND day < :to_date\n';
    const place = 'at collectors/visits.yaml:5:15';
    expect(await told(job)).toContain(place);
    const [preview, run] = [
      await workplace.run(['preview', 'visits']),
      await workplace.run(['run', 'visits', '--from', '2014-06-01', '--to', '2014-06-02']),
    ];
    const excerpt = `    5 | ${job}      |               ^^^^^^\n  → `;
    expect(preview.stderr).toContain(`${place}\n${excerpt}`);
    expect(run.stderr).toContain(`${place}\n${excerpt}`);
    const history = await workplace.run(['history', 'visits']);
    expect(history.stdout).not.toContain('^^^');
  });
});
