import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServiceOfVisits } from '../support/service-of-visits.ts';

const WRONG = `database: nowhere
data_set: { data_group: test, data_type: ratings }
window: { period: dy }
query: SELECT 1
record: { timestamp: day, id: [_timestamp] }
`;
/** Its database is nowhere, it has no token, and there is no such period. */
const MISTAKES = 3;
const LINE = `collectors/ratings.yaml: ${MISTAKES} mistakes; pp-db-collector check ratings\n`;

let service: ServiceOfVisits;
beforeAll(async () => {
  service = await ServiceOfVisits.open('http://127.0.0.1:1');
  service.writeJob(undefined, 'max_periods: 100000');
  service.workplace.write('collectors/ratings.yaml', WRONG);
});
afterAll(() => service.close());

describe('a job file with several mistakes', () => {
  test.each<readonly [string, readonly string[], number]>([
    ['jobs', ['jobs'], 3],
    ['history', ['history'], 0],
    ['preview', ['preview', 'visits', '--from', '2014-06-01', '--to', '2014-06-02'], 0],
    ['state show', ['state', 'show', 'visits'], 0],
    ['dead-letters list', ['dead-letters', 'list'], 0],
    ['test', ['test', 'visits'], 0],
    ['jobs of another', ['jobs', 'visits'], 0],
  ])('is one line to %s, which is about others', async (_, args, expected) => {
    const { code, stderr } = await service.run(...args);
    expect(code, stderr).toBe(expected);
    expect(stderr.startsWith(LINE), stderr).toBe(true);
    expect(stderr).not.toContain('nowhere');
  });

  test.each([
    [['run', 'ratings']],
    [['run', '--all']],
    [['jobs', 'ratings']],
    [['test']],
    [['check', '--offline']],
  ])('is told with every place to %j', async (args) => {
    const { code, stderr } = await service.run(...args);
    expect(stderr).toContain('collectors/ratings.yaml:1:11  database: ');
    expect(stderr).toContain(`${MISTAKES} mistakes in 1 file; `);
    expect(stderr).not.toContain(LINE);
    expect([3, 5]).toContain(code);
  });

  test('stands in the table of jobs, and in its JSON', async () => {
    const { stdout } = await service.run('jobs');
    expect(stdout).toMatch(
      /^ratings +– +cannot run: 3 mistakes in its file +– +never ran +– +0 +0\nvisits /m,
    );
    const listed = await service.json<{ job: string; mistakes: number }[]>('jobs');
    expect(listed.map(({ job, mistakes }) => [job, mistakes])).toEqual([
      ['ratings', MISTAKES],
      ['visits', 0],
    ]);
  });
});

test('one job is shown with everything that is known of it', async () => {
  await service.run('run', 'visits');
  const { code, stdout } = await service.run('jobs', 'visits', '--next', '2');
  expect(code).toBe(0);
  const shown = stdout.replaceAll(/\d{4}-\d\d-\d\d( \d\d:\d\d)?/g, 'DATE').replace(/\d\.\d s/, 'TIME');
  expect(shown).toBe(`visits
  file             collectors/visits.yaml
  data set         test/applications
  database         service
  collects         periods that are over, every day
  time zone        Europe/London
  schedule         only by run
  next runs        –
  last run         DATE, empty, 0 records, TIME
  collected up to  DATE
  lateness         nothing is known yet: no day was collected again when it was older
  dead letters     0
  pending          0 records
`);
  expect(await service.run('jobs', 'vists')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean visits?'),
  });
});
