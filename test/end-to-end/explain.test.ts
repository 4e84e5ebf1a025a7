import { afterAll, expect, test } from 'vitest';
import { CATALOGUES } from '../../src/cli/explain/explain.ts';
import { MESSAGES } from '../../src/observe/messages/catalogue.ts';
import { runOnTerminal } from '../support/on-terminal.ts';
import { Workplace } from '../support/program.ts';

const workplace = new Workplace();
const explain = (code: string) => workplace.run(['explain', code]);

afterAll(() => workplace.remove());

test('a message of the log is explained: meaning, causes, what to do, whether to run again', async () => {
  const { code, stdout, stderr } = await explain('ppdb-0104');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^PPDB-0104: run failed \(error\)\n\nThe run ended before/);
  for (const heading of ['Likely causes', 'What to do', 'Safe to run again'])
    expect(stdout).toContain(heading);
  for (const text of [MESSAGES.runFailed.meaning, MESSAGES.runFailed.action, ...MESSAGES.runFailed.causes]) {
    expect(stdout).toContain(text);
  }
});

test.each([60, 80, 120])('on a terminal of %i columns the text is broken at blanks', async (columns) => {
  const { stdout } = await explain('PPDB-0104');
  const options = { columns, rows: 100, environment: { NO_COLOR: '1' } };
  const { screen } = await runOnTerminal(workplace.folder, ['explain', 'PPDB-0104'], options);
  expect(screen.split(/\s+/)).toEqual(stdout.split(/\s+/));
  const lengths = screen.split('\r\n').map((line) => line.length);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(columns);
  expect(Math.max(...lengths)).toBeGreaterThan(columns - 20);
});

test('an exit code and the code of a mistake are explained', async () => {
  const [exitCode, mistake] = await Promise.all([explain('6'), explain('unset-variable')]);
  expect(exitCode.stdout).toMatch(/^exit code 6: refused\n/);
  expect(mistake.stdout).toMatch(/^unset-variable: a mistake in a configuration file\n/);
  expect(mistake.stdout).toContain('\nExample, in config.yaml\n  log: {');
});

test('an unknown code is answered with the nearest and with all there are', async () => {
  const { code, stdout, stderr } = await explain('PPDB-0140');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^there is no message "PPDB-0140"\n {2}→ Did you mean PPDB-0104\? The codes are:\n/);
  for (const each of CATALOGUES.flatMap(({ explanations }) => explanations))
    expect(stderr).toContain(each.code);
});
