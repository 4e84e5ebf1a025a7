import { afterAll, beforeAll, expect, test } from 'vitest';
import { runOnTerminal, type TerminalOptions } from '../support/on-terminal.ts';
import { ServiceOfVisits } from '../support/service-of-visits.ts';

/** The pager of these tests: it leaves a mark before each line. */
const PAGER = 'sed s/^/paged:/';
const RUNS = 12;

let service: ServiceOfVisits;
beforeAll(async () => {
  service = await ServiceOfVisits.open('http://127.0.0.1:1');
  for (let run = 0; run < RUNS; run++) {
    await service.run('run', 'visits', '--from', '2014-06-01', '--to', '2014-06-02');
  }
});
afterAll(() => service.close());

const history = (options: TerminalOptions) =>
  runOnTerminal(service.workplace.folder, ['history'], {
    rows: RUNS,
    ...options,
    environment: { PAGER, NO_COLOR: '1', ...options.environment },
  });

test('on a terminal a table that is longer than it goes through the pager, and no other', async () => {
  const paged = await history({});
  expect(paged.code).toBe(0);
  expect(paged.screen.match(/paged:\d{4}-/g)).toHaveLength(RUNS);
  const short = await history({ rows: RUNS + 10 });
  expect(short.screen).toMatch(/^started/);
  expect(short.screen).not.toContain('paged:');
});

test.each<Record<string, string>>([
  { NO_PAGER: '1' },
  { PAGER: 'cat' },
  { PAGER: '' },
  { TERM: 'dumb' },
  { PAGER: 'no-such-pager-anywhere 2>/dev/null' },
])('with %j there is no pager, and everything is printed', async (environment) => {
  const { code, screen } = await history({ environment });
  expect(code).toBe(0);
  expect(screen).not.toContain('paged:');
  expect(screen.match(/^\d{4}-/gm)).toHaveLength(RUNS);
});

test('a reader who has seen enough is no failure', async () => {
  const { code, screen } = await history({ environment: { PAGER: 'head -n 1' } });
  expect(code).toBe(0);
  expect(screen).toMatch(/^started.*\r\n$/);
});

test('what goes into a pipe is neither paged nor cut, whatever the pager is', async () => {
  const { stdout } = await service.workplace.run(['history'], { environment: { PAGER, COLUMNS: '40' } });
  expect(stdout).not.toContain('paged:');
  expect(stdout).toMatch(
    /^started \(Europe\/London\) +job +outcome +window +records +unchanged +dead letters +time +failure\n/,
  );
});

test.each([['history'], ['jobs'], ['jobs', 'visits']])(
  '%s fits a terminal of 80 columns',
  async (...args) => {
    const { screen } = await runOnTerminal(service.workplace.folder, args, {
      rows: 100,
      environment: { NO_COLOR: '1' },
    });
    expect(screen).toContain('visits');
    for (const line of screen.split('\r\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  },
);
