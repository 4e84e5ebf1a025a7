import { createDatabase, type TestDatabase } from './databases.ts';
import { type Ended, Workplace } from './program.ts';

/**
 * A workplace with one window job, `visits`, that counts nothing: each row of a SQLite table becomes a record of
 * `test/applications`.
 */
export class ServiceOfVisits {
  readonly workplace = new Workplace();
  readonly database: TestDatabase;

  private constructor(database: TestDatabase) {
    this.database = database;
  }

  /** @param url of the write API */
  static async open(url: string): Promise<ServiceOfVisits> {
    const database = await createDatabase('better-sqlite3');
    await database.execute('CREATE TABLE visits (day date, id integer, note text)');
    const service = new ServiceOfVisits(database);
    service.sendTo(url);
    service.writeJob();
    return service;
  }

  /** @param more of config.yaml */
  sendTo(url: string, more = ''): void {
    this.workplace.write(
      'config.yaml',
      `write_api:
  url: ${url}
  retry: { for: 3s, first_delay: 20ms, max_delay: 50ms }
databases:
  service: { client: better-sqlite3, connection: { filename: ${this.database.url} } }
${more}`,
    );
  }

  /** @param record what the job makes of a row */
  writeJob(
    record = '{ timestamp: day, id: [_timestamp, id] }',
    window = 'max_periods: 1',
    dataType = 'applications',
  ): void {
    this.workplace.write(
      'collectors/visits.yaml',
      `database: service
data_set: { data_group: test, data_type: ${dataType}, token: the-token }
window: { period: day, start: 2014-06-01, ${window} }
query: SELECT day, id, note FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY id
record: ${record}
`,
    );
  }

  /**
   * One visit on each day from the first of June 2014 on, numbered from 1.
   * @param noteOf SQL of the note, `id` in it
   */
  async visit(days: number, noteOf = "'fine'"): Promise<void> {
    await this.database.execute(`INSERT INTO visits WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${days})
      SELECT date('2014-05-31', id || ' days'), id, ${noteOf} FROM n`);
  }

  run(...args: string[]): Promise<Ended> {
    return this.workplace.run(args);
  }

  /** What a command prints with `--json`. */
  async json<Printed>(...args: string[]): Promise<Printed> {
    return JSON.parse((await this.run(...args, '--json')).stdout);
  }

  async close(): Promise<void> {
    this.workplace.remove();
    await this.database.drop();
  }
}
