import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../support/private-server.ts';
import { Workplace } from '../support/program.ts';

let workplace: Workplace;
let child: ReturnType<Workplace['start']>['child'] | undefined;

beforeEach(() => {
  workplace = new Workplace();
});
afterEach(async () => {
  if (child !== undefined && child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  workplace.remove();
});

/** What a person may take from the environment; none of it is part of anything else on the pages. */
const OUTSIDE = {
  TEAM: 'osprey-team',
  GROUP: 'osprey-group',
  TYPE: 'osprey-type',
  HOUR: '37 4 * * *',
  ZONE: 'Asia/Kathmandu',
  USUAL_ZONE: 'Asia/Colombo',
  MOST: '4711',
  START: '2013-02-27',
  COLUMN: 'osprey_column',
  CONSTANT: 'osprey-constant',
  FROM: 'osprey-from',
  INTO: 'osprey-into',
  OTHER: 'osprey-other',
  BELOW: '8642',
  TOKEN: 'osprey-token',
  LIMIT: '9753',
};

const WAITING = `database: source
data_set: { data_group: waiting, data_type: people, token: "\${TOKEN}" }
snapshot: { period: hour }
query: SELECT count FROM waiting
record: { timestamp: run, id: [_timestamp] }
`;

test('values from outside are on no page and in no document, whatever they are used for', async () => {
  const port = await freePort();
  workplace.write(
    'config.yaml',
    `write_api: { url: "http://127.0.0.1:9" }
databases: { source: { client: better-sqlite3, connection: { filename: source.sqlite } } }
http: { listen: "127.0.0.1:${port}" }
schedule: { timezone: "\${USUAL_ZONE}" }
`,
  );
  workplace.write('collectors/waiting.yaml', WAITING);
  workplace.write(
    'collectors/visits.yaml',
    `description: Visits of \${TEAM} and \${UNSET:-nobody}
database: source
schedule: \${HOUR}
timezone: \${ZONE}
data_set: { data_group: "\${GROUP}", data_type: "\${TYPE}", token: "\${TOKEN}" }
window: { period: day, start: "\${START}", max_periods: "\${MOST}" }
max_dead_letters: "\${LIMIT}"
query: SELECT day, osprey, count FROM visits WHERE day >= :from_date AND day < :to_date
record:
  timestamp: "\${COLUMN}"
  id: [_timestamp, period, channel]
  fields:
    period: { value: "\${CONSTANT}" }
    channel: { column: "\${COLUMN}", map: { post: "\${INTO}" }, default: "\${OTHER}" }
    count: count
  suppress: { fields: [count], below: "\${BELOW}" }
`,
  );
  child = workplace.start(['start'], { environment: OUTSIDE }).child;
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    expect(answer.status).toBe(200);
    return answer.text();
  };
  while (!(await get('/readyz').catch(() => undefined))) expect(child.exitCode).toBe(null);
  for (const path of [
    '/',
    '/jobs/visits',
    '/jobs/waiting',
    '/api/jobs',
    '/api/jobs/waiting',
    '/api/jobs/visits',
    '/api/jobs/visits/runs',
  ]) {
    const text = await get(path);
    for (const value of Object.values(OUTSIDE)) expect(text, path).not.toContain(value);
    expect(text, path).not.toContain('nobody');
  }
  expect(JSON.parse(await get('/api/jobs/waiting')).timezone).toBe('${USUAL_ZONE}');
  const document = JSON.parse(await get('/api/jobs/visits'));
  expect(document).toMatchObject({
    description: 'Visits of ${TEAM} and ${UNSET}',
    data_set: { data_group: '${GROUP}', data_type: '${TYPE}', replace: false },
    schedule: '${HOUR}',
    schedule_in_words: null,
    timezone: '${ZONE}',
    definition: {
      window: { period: 'day', start: '${START}', max_periods: '${MOST}', delay_seconds: 0 },
      record: { timestamp: '${COLUMN}', suppress: { fields: ['count'], below: '${BELOW}' } },
      max_dead_letters: '${LIMIT}',
      timeout_seconds: 1_800,
    },
  });
  const page = await get('/jobs/visits');
  for (const shown of ['Visits of ${TEAM} and ${UNSET}', 'At most ${MOST} days in one query', '${CONSTANT}'])
    expect(page).toContain(shown);
});
