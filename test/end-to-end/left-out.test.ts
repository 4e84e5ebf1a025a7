import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServiceOfVisits } from '../support/service-of-visits.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

let api: RunningWriteApi;
let service: ServiceOfVisits;

beforeEach(async () => {
  api = await startWriteApi();
  service = await ServiceOfVisits.open(api.url);
  await service.visit(2);
  writeJob('note, count(*) AS visits');
});

afterEach(async () => {
  await service.close();
  await api.close();
});

/** A job of four keys. @param columns beside the day */
function writeJob(columns: string): void {
  service.workplace.write('collectors/visits.yaml', 'enabled: false\n');
  service.workplace.write(
    'collectors/applications.yaml',
    `data_set: { data_group: test, token: the-token }
window: { period: day, start: 2014-06-01 }
query: SELECT day, ${columns} FROM visits WHERE day >= :from_date AND day < :to_date GROUP BY day, note, id
`,
  );
}

test('check and preview show what a job leaves out', async () => {
  const { stdout } = await service.run('check', 'applications');
  expect(stdout).toContain(
    '    timestamp: day (left out: the only date or time)\n' +
      '    id: _timestamp, note (left out: every field that is not a number)\n',
  );
  const preview = await service.run('preview', 'applications', '--from', '2014-06-01', '--to', '2014-06-03');
  expect(preview.stdout).toMatch(/^_timestamp: .* column day \(date\) \(left out: the only date or time\)$/m);
  expect(preview.stdout).toMatch(
    /^_id: .* of _timestamp, note \(left out: every field that is not a number\)$/m,
  );
  const span = ['--from', '2014-06-01', '--to', '2014-06-03'];
  expect(await service.json('preview', 'applications', ...span)).toMatchObject({
    left_out: ['timestamp', 'id'],
    id: { fields: ['_timestamp', 'note'] },
  });
});

test('a default that changes stops the job until it is accepted', async () => {
  const run = () => service.run('run', 'applications', '--from', '2014-06-01', '--to', '2014-06-03');
  expect(await run()).toMatchObject({ code: 0 });
  expect(await service.run('state', 'accept', 'applications', '--yes')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('nothing to accept'),
  });
  writeJob('note, max(note) AS channel, count(*) AS visits');
  const untold = await run();
  expect(untold.code).toBe(3);
  expect(untold.stderr).toContain('e.g. id: [_timestamp, note].');
  writeJob('note, note AS channel, count(*) AS visits');
  const changed = 'record.id was ["_timestamp","note"] and is ["_timestamp","channel","note"]';
  const stopped = await run();
  expect(stopped.code).toBe(3);
  expect(stopped.stderr).toContain(changed);
  const accepted = await service.run('state', 'accept', 'applications', '--yes');
  expect(accepted.stderr).toContain(changed);
  expect(await run()).toMatchObject({ code: 0 });
  expect(await api.stored()).toHaveLength(4);
});
