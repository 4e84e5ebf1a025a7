import { describe, expect, test } from 'vitest';
import { STORE_TESTS } from '../server/store-kinds.ts';
import { comparable, sorted } from './comparable.ts';
import { DISPUTED } from './disputed.ts';
import { type RecordedCase, readRecordedCases } from './recorded-cases.ts';
import { type Answer, ReplayServers, send, storedRecords } from './replay-server.ts';

const cases = readRecordedCases();

const TESTS = STORE_TESTS.map(
  ([kind, test]) =>
    [
      kind,
      test.extend('servers', { scope: 'file' }, async ({ store }, { onCleanup }) => {
        const servers = new ReplayServers(store);
        onCleanup(() => servers.close());
        return servers;
      }),
    ] as const,
);

describe.each(TESTS)('recorded cases with %s', (_, test) => {
  for (const recorded of cases) {
    const dispute = DISPUTED.get(recorded.name);
    const reason = dispute === undefined ? '' : `, answered otherwise: ${dispute.because}`;
    test(`${recorded.verdict}: ${recorded.name}${reason}`, ({ servers }) =>
      replay(servers, recorded, dispute?.status));
  }
});

test('every dispute is about a recorded case', () => {
  expect([...DISPUTED.keys()].filter((name) => !cases.some((each) => each.name === name))).toEqual([]);
});

/** Sends a case to a server of its configuration; with `status`, expects that answer in place of the recorded one. */
async function replay(servers: ReplayServers, recorded: RecordedCase, status?: number): Promise<void> {
  const server = await servers.serverFor(recorded.data_sets);
  for (const earlier of recorded.setup) await send(server.port, earlier);
  const before = await storedRecords(server);
  const answer = await send(server.port, recorded.request);
  const after = await storedRecords(server);
  if (status !== undefined) {
    expect(answer.status).toBe(status);
  } else if (recorded.verdict === 'same') {
    expectSameAnswer(answer, recorded.response);
    expectSameRecords(after, recorded.stored_after);
  } else {
    expect(answer.status).toBe(400);
    expect(answer.body.messages?.length ?? answer.body.message?.length).toBeGreaterThan(0);
    expect(after).toEqual(before);
  }
}

function expectSameAnswer({ status, body }: Answer, recorded: RecordedCase['response']): void {
  expect(status).toBe(recorded.status);
  const wanted = (recorded.body ?? {}) as Answer['body'];
  if (wanted.messages !== undefined) expect(body.messages).toHaveLength(wanted.messages.length);
  else if (wanted.status === 'ok') expect(body).toEqual(wanted);
  else if (wanted.status === 'error') expect(body).toEqual({ status: 'error', message: expect.any(String) });
}

function expectSameRecords(stored: readonly object[], recorded: RecordedCase['stored_after']): void {
  if (recorded === undefined) return;
  if (!('count' in recorded)) {
    expect(stored).toEqual(sorted(recorded.map(({ record }) => comparable(record))));
    return;
  }
  expect(stored).toHaveLength(recorded.count);
  expect(stored[0]).toEqual(comparable(recorded.first.record));
  expect(stored.at(-1)).toEqual(comparable(recorded.last.record));
}
