import Database from 'better-sqlite3';
import { parseDate } from '../calendar/date-time.ts';
import { DAY, HOUR } from '../calendar/durations.ts';
import { completeJob } from '../collect/complete-job.ts';
import { exampleQuery } from '../collect/queries.ts';
import type { Job } from '../config/config.ts';
import type { Column } from '../model/row.ts';
import { compileRecords } from '../records/compile-records.ts';

/** The name of the shipped job that counts what waits, whose past nothing can collect. */
export const JOB_OF_SNAPSHOTS = 'applications-waiting';

/** What its query would have said at the end of each day that is over. */
const WAITING = `
  WITH changes AS (
    SELECT day, channel, sum(change) AS change
    FROM (
      SELECT submitted_on AS day, channel, 1 AS change FROM applications
      UNION ALL
      SELECT decided_on, channel, -1 FROM applications WHERE decided_on IS NOT NULL
    )
    GROUP BY day, channel
  ), waiting AS (
    SELECT calendar.day, channels.channel,
           sum(coalesce(change, 0)) OVER (PARTITION BY channels.channel ORDER BY calendar.day) AS waiting
    FROM calendar
    CROSS JOIN (SELECT DISTINCT channel FROM changes) AS channels
    LEFT JOIN changes ON changes.day = calendar.day AND changes.channel = channels.channel
  )
  SELECT day, channel, waiting FROM waiting WHERE waiting > 0 ORDER BY day, channel`;

const COLUMNS: readonly Column[] = [
  { name: 'channel', type: 'varchar(20)', kind: 'text' },
  { name: 'waiting', type: 'integer', kind: 'integer' },
];
const LOCAL_TIME = { zone: 'UTC' };

interface WaitingRow {
  readonly day: string;
  readonly channel: string;
  readonly waiting: number;
}

/** The records of snapshots that the job would have taken at the end of each day, as JSON, the earliest first. */
export function earlierSnapshots(file: string, job: Job): readonly string[] {
  const { record } = completeJob(job, COLUMNS);
  const database = new Database(file, { readonly: true });
  try {
    const days = Map.groupBy(database.prepare<[], WaitingRow>(WAITING).all(), ({ day }) => day);
    return [...days].flatMap(([day, rows]) => {
      const takenAt = (parseDate(day) ?? 0) + DAY - HOUR;
      const encoder = compileRecords(record, COLUMNS, exampleQuery(job, takenAt, LOCAL_TIME).rules);
      return rows.map(({ channel, waiting }) => encoder.encode([channel, String(waiting)]).json);
    });
  } finally {
    database.close();
  }
}
