import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const MODULE = resolve(import.meta.dirname, '../../src/cli/shell/stop-signals.ts');

let child: ChildProcess;

afterEach(() => child.kill('SIGKILL'));

/** Runs code as the first process of a container, in which `stop` is the module; resolves when it has written a line. */
async function asFirstProcess(code: string): Promise<void> {
  const module = `import * as stop from ${JSON.stringify(MODULE)};\n${code}\nconsole.log(process.pid);`;
  const node = [process.execPath, '--input-type=module', '--eval', module];
  child = spawn('unshare', ['--pid', '--fork', '--kill-child', '--', ...node], { stdio: 'pipe' });
  const [text] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  expect(String(text)).toBe('1\n');
}

/** Sends the signal to the process itself, not to the `unshare` that stands for its engine; gives its exit code. */
async function sendSignal(signal: NodeJS.Signals): Promise<number> {
  const ended = once(child, 'exit');
  spawn('pkill', [`--signal=${signal}`, '--parent', String(child.pid)]);
  const [code] = await ended;
  return code;
}

const WAITING = 'setInterval(() => undefined, 1_000);';

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'as the first process of a container, what nobody listens for ends it: %s',
  async (signal, code) => {
    await asFirstProcess(`stop.endAsFirstProcess(); ${WAITING}`);
    expect(await sendSignal(signal)).toBe(code);
  },
);

test('as the first process of a container, who listens decides when it ends', async () => {
  await asFirstProcess(
    `stop.endAsFirstProcess();
     ${WAITING}
     stop.listenForStop().signal.addEventListener('abort', () => setTimeout(() => process.exit(7), 200));`,
  );
  expect(await sendSignal('SIGTERM')).toBe(7);
});
