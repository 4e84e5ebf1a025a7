import { afterEach, beforeEach, expect, test } from 'vitest';
import { Workplace } from '../support/program.ts';

let workplace: Workplace;

beforeEach(() => {
  workplace = new Workplace();
  workplace.write(
    'config.yaml',
    `write_api: { url: "http://127.0.0.1:9" }
databases: { source: { client: better-sqlite3, connection: { filename: source.sqlite } } }
`,
  );
});
afterEach(() => workplace.remove());

const JOB = `database: source
data_set: { data_group: test, data_type: visits, token: the-token }
snapshot: { period: hour }
query: SELECT 1 AS number
record: { id: [_timestamp] }
`;

test.each([[['run', '--all']], [['run', '--all', '--dry-run']], [['run', '--all', '--json']]])(
  '%j with no job at all is no success',
  async (args) => {
    workplace.write('collectors/visits.YAML', JOB);
    const { code, stdout, stderr } = await workplace.run(args);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('collectors/visits.YAML:1:1  warning: expected a file name that ends in .yaml');
    expect(stderr).toMatch(
      /there are no jobs\n {2}→ Put a job file, e\.g\. visits\.yaml, into .*collectors, or/,
    );
  },
);

test('jobs that are all switched off are what somebody wants', async () => {
  workplace.write('collectors/visits.yaml', `${JOB}enabled: false\n`);
  expect((await workplace.run(['run', '--all'])).code).toBe(0);
});
