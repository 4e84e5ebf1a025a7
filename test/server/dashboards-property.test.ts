import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { dashboardServer, tableOn } from './dashboard-server.ts';
import { STORE_TESTS } from './store-kinds.ts';

/** What the numbers of a dashboard should be is told by the database from which they were collected. */

const DAYS = 300;
const FIRST = Date.UTC(2023, 1, 20);
const NOW = FIRST + DAYS * 86_400_000;
/** The first day on which each channel has anything. */
const CHANNELS: Readonly<Record<string, number>> = { digital: 0, paper: 0, phone: 120, 'in, "person"': 200 };

const row = fc
  .record({
    day: fc.nat(DAYS + 20),
    channel: fc.constantFrom(...Object.keys(CHANNELS)),
    count: fc.option(fc.nat(30_000), { freq: 6 }),
    isSuppressed: fc.boolean(),
  })
  .filter(({ day, channel }) => day >= (CHANNELS[channel] ?? 0));

const PERIODS = { month: '%Y-%m-01', year: '%Y-01-01' } as const;

const DASHBOARD = (period: string) => `title: Visits
modules:
  - { type: table, title: Visits, data_set: a/b, period: ${period}, group_by: channel, duration: 40, format: integer }
`;

interface Cell {
  readonly period: string;
  readonly channel: string;
  readonly sum: number | null;
  readonly missing: number;
  readonly suppressed: number;
}

/** As a page writes it, as a cell of CSV, and as JSON has it. */
function expected(cell: Cell | undefined): { text: string; csv: string; json: object } {
  if (cell === undefined || cell.sum === null) {
    const reason = cell !== undefined && cell.suppressed > 0 ? 'suppressed' : 'no data';
    return { text: reason, csv: '', json: { value: null, reason } };
  }
  const { sum, missing, suppressed } = cell;
  const text = `${missing > 0 ? 'at least ' : ''}${sum.toLocaleString('en-GB')}`;
  const marks = missing > 0 ? { missing, suppressed, at_least: true } : {};
  return { text, csv: String(sum), json: { value: sum, ...marks } };
}

describe.each(STORE_TESTS)('page, table, CSV and JSON of a random service, in %s', (_, test) => {
  test('have the numbers of its source', async ({ store }) => {
    const source = new Database(':memory:');
    source.exec(
      'CREATE TABLE visits (day TEXT, channel TEXT, count INTEGER, suppressed INTEGER, UNIQUE (day, channel))',
    );
    const insert = source.prepare('INSERT OR REPLACE INTO visits VALUES (?, ?, ?, ?)');
    const period = fc.constantFrom(...(['month', 'year'] as const));
    const property = fc.asyncProperty(fc.array(row, { maxLength: 60 }), period, async (rows, length) => {
      const server = dashboardServer({ dashboards: { visits: DASHBOARD(length) }, now: () => NOW, store });
      await server.empty();
      source.exec('DELETE FROM visits');
      // Corrections come later, in a request of their own; what was read in between must not stay.
      for (const { day, channel, count, isSuppressed } of rows) {
        const date = new Date(FIRST + day * 86_400_000).toISOString().slice(0, 10);
        const suppressed = isSuppressed && count === null;
        insert.run(date, channel, count, Number(suppressed));
        const mark = suppressed ? { suppressed: true } : {};
        await server.post([
          {
            _id: `${date}-${Object.keys(CHANNELS).indexOf(channel)}`,
            _timestamp: `${date}T00:00:00Z`,
            channel,
            count,
            ...mark,
          },
        ]);
        if (day % 7 === 0) await server.get('/dashboards/visits');
      }
      const cells = source
        .prepare<{ form: string; now: string }, Cell>(
          `SELECT strftime(@form, day) period, channel, sum(count) sum, count(*) - count(count) missing,
             sum(suppressed) suppressed
           FROM visits WHERE strftime(@form, day) < strftime(@form, @now) GROUP BY 1, 2
           UNION ALL
           SELECT strftime(@form, day), 'Total', sum(count), count(*) - count(count), sum(suppressed)
           FROM visits WHERE strftime(@form, day) < strftime(@form, @now) GROUP BY 1`,
        )
        .all({ form: PERIODS[length], now: new Date(NOW).toISOString() });
      const begun = cells
        .filter(({ sum, suppressed }) => sum !== null || suppressed > 0)
        .map((cell) => cell.period);
      const first = begun.toSorted()[0];
      const shown = cells.filter((cell) => first !== undefined && cell.period >= first);
      const channels = [...new Set(shown.map(({ channel }) => channel))]
        .filter((each) => each !== 'Total')
        .sort();
      const columns = [...channels, 'Total'];
      const cellOf = (start: string, channel: string) =>
        expected(shown.find((cell) => cell.period === start && cell.channel === channel));

      const { body: page } = await server.get('/dashboards/visits/visits');
      const [head = [], ...table] = tableOn(page);
      const { columns: jsonColumns, rows: jsonRows } = (
        await server.get('/dashboards/visits/visits.json')
      ).json();
      const csv = (await server.get('/dashboards/visits/visits.csv')).body.trim().split('\r\n');
      expect(head.slice(1).map((each) => each.replaceAll('&quot;', '"'))).toEqual(columns);
      expect(jsonColumns).toEqual(columns);
      const starts: string[] = jsonRows.map(({ start_at }: { start_at: string }) => start_at);
      // Every period with a number is there, in its order, and no period twice.
      expect(starts).toEqual([...new Set(starts)].sort());
      expect(starts).toEqual(expect.arrayContaining(shown.map((cell) => cell.period)));
      if (starts.length === 0) expect(table).toEqual([['No data']]);
      for (const [index, start] of starts.entries()) {
        const all = columns.map((channel) => cellOf(start, channel));
        expect(table.at(-1 - index)?.slice(1)).toEqual(all.map(({ text }) => text));
        expect(jsonRows[index].values).toEqual(all.map(({ json }) => json));
        const [from, , , ...values] = csv[index + 1]?.split(',') ?? [];
        expect([from, ...values.slice(0, columns.length)]).toEqual([start, ...all.map((each) => each.csv)]);
      }
      // The dashboard has the newest six of the same rows.
      const [, ...short] = tableOn((await server.get('/dashboards/visits')).body);
      expect(short).toEqual(table.slice(0, 6));
    });
    await fc.assert(property, { numRuns: 25 });
  }, 120_000);
});
