import { expect, onTestFinished, test } from 'vitest';
import { ServiceOfVisits } from '../support/service-of-visits.ts';

test('a run that the write API never answered is remembered as failed, with the reason', async () => {
  const service = await ServiceOfVisits.open('http://127.0.0.1:1');
  onTestFinished(() => service.close());
  await service.visit(1);
  const { code, stderr } = await service.run('run', 'visits', '--from', '2014-06-01', '--to', '2014-06-02');
  expect(code, stderr).toBe(5);
  const [run] =
    await service.json<{ outcome: string; failure: { side: string; message: string } }[]>('history');
  expect(run).toMatchObject({
    outcome: 'failed',
    rows: 1,
    failure: { side: 'target', message: expect.stringContaining('127.0.0.1:1') },
  });
  expect(await service.json('jobs')).toMatchObject([{ last_outcome: 'failed' }]);
});
