import type { Session } from '../../test/faults/session.ts';

/** As many rows at first, one a day; then the table is doubled until there are enough. */
const DAYS = 1_000;
const FIRST = Date.UTC(2020, 0, 1);
const DAY = 86_400_000;
/** How the data set differs once `change` is through. */
export const CHANGED = { missing: 7, different: 5, extra: 3 } as const;

/** The days that the rows are of, `to` excluded. */
export const SPAN = { from: '2020-01-01', to: '2022-09-27' } as const;

const dateOf = (day: number): string => new Date(FIRST + day * DAY).toISOString().slice(0, 10);

/** Makes the table `cases` with so many rows. */
export async function fill(session: Session, rows: number): Promise<void> {
  await session.query(
    'CREATE TABLE cases (seq integer PRIMARY KEY, day date, channel varchar(20), amount integer)',
  );
  await session.query('CREATE INDEX cases_by_day ON cases (day)');
  const first = Array.from(
    { length: DAYS },
    (_, day) => `(${day}, '${dateOf(day)}', 'channel-${day % 7}', ${(day * 7_919) % 100_000})`,
  );
  await session.query(`INSERT INTO cases VALUES ${first.join(', ')}`);
  for (let count = DAYS; count < rows; count *= 2)
    await session.query(
      `INSERT INTO cases SELECT seq + ${count}, day, channel, amount FROM cases WHERE seq < ${rows - count}`,
    );
}

/** What is done to the source once all is delivered, so that the data set is another one. */
export async function change(session: Session, rows: number): Promise<void> {
  const somewhere = (count: number, from: number) =>
    Array.from({ length: count }, (_, index) => Math.floor(((index + from) * rows) / (count + 1)));
  const added = somewhere(CHANGED.missing, 0.5).map(
    (seq, index) => `(${rows + index}, '${dateOf(seq % DAYS)}', 'channel-new', 1)`,
  );
  await session.query(`INSERT INTO cases VALUES ${added.join(', ')}`);
  await session.query(
    `UPDATE cases SET amount = amount + 1 WHERE seq IN (${somewhere(CHANGED.different, 0.3).join(', ')})`,
  );
  await session.query(`DELETE FROM cases WHERE seq IN (${somewhere(CHANGED.extra, 0.7).join(', ')})`);
}
