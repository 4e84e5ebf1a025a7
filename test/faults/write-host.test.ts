import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { Observations } from './observations.ts';
import { TOKEN, WriteApiProcess } from './write-api-process.ts';
import { WriteHost } from './write-host.ts';

const PROGRAM = resolve(import.meta.dirname, '../../dist/main.js');
const REST = 3;

test('what a request of one run brings about does not meet the requests of the next run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'write-host-'));
  const api = await WriteApiProcess.start(PROGRAM, folder);
  const host = await WriteHost.start(api);
  const post = async () => {
    const answer = await fetch(`${host.url}/data/faults/rows`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify([{ _id: 'one', _timestamp: '2026-01-02T00:00:00Z', seq: REST }]),
    });
    return answer.status;
  };
  try {
    const first = new Observations();
    const refusal = { kind: '400 for some records', request: 0, duration: REST, amount: 1 } as const;
    host.plan([refusal], first, { request: 0, before: 200, after: 0 });
    const held = post();
    await first.until(() => first.begun === 1);
    host.plan([], new Observations(), undefined);
    expect(await held).toBe(400);
    expect(await post()).toBe(200);
  } finally {
    await host.close();
    await api.kill9();
    rmSync(folder, { recursive: true });
  }
});
