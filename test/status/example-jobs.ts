import { type Job, jobOfFile } from '../../src/config/config.ts';
import { filledIn } from '../../src/config/filled-in.ts';
import { jobSchema } from '../../src/config/schema/job-schema.ts';

/** Is in every job, and may be in nothing that is shown. */
export const DATA_SET_TOKEN = 'token-of-the-data-set-7c9e';

const QUERY = `SELECT submitted_on, channel, count(*) AS count
FROM applications
WHERE submitted_at >= :from AND submitted_at < :to
GROUP BY submitted_on, channel`;

/** A job as a file in collectors/ would give it, with what the example changes. */
export function exampleJob(name: string, over: Record<string, unknown> = {}): Job {
  const file = jobSchema.parse({
    database: 'benefits',
    schedule: '30 6 * * *',
    data_set: { data_group: 'carers-allowance', data_type: name, token: DATA_SET_TOKEN },
    ...(over.cursor || over.snapshot ? {} : { window: { period: 'day', start: '2015-01-01' } }),
    query: QUERY,
    record: {
      timestamp: 'submitted_on',
      id: ['_timestamp', 'period', 'channel'],
      fields: {
        period: { value: 'day' },
        channel: { column: 'channel', case: 'lower', map: { post: 'paper' }, default: 'other' },
        count: 'count',
      },
    },
    ...over,
  });
  return jobOfFile(filledIn(file, name), name, `collectors/${name}.yaml`, 'Europe/London');
}

export const CURSOR_JOB: Record<string, unknown> = {
  description: "What happened to Carer's Allowance applications, event by event",
  schedule: '*/15 * * * *',
  cursor: { columns: ['recorded_at', 'id'], start: ['2023-01-01T00:00:00Z', 0], lag: '5m' },
  query: `SELECT recorded_at, id, event, channel FROM application_events
WHERE (recorded_at, id) > (:recorded_at, :id) AND recorded_at <= :until
ORDER BY recorded_at, id`,
  record: {
    timestamp: 'recorded_at',
    id: ['event_id'],
    fields: { event_id: 'id', event: 'event', channel: 'channel' },
  },
};

export const SNAPSHOT_JOB: Record<string, unknown> = {
  description: 'Applications that wait for a decision, by channel, hour by hour',
  schedule: '0 * * * *',
  snapshot: { period: 'hour' },
  query: "SELECT channel, count(*) AS count FROM applications WHERE state = 'waiting' GROUP BY channel",
  record: { id: ['_timestamp', 'channel'], suppress: { fields: ['count'], below: 5 } },
};
