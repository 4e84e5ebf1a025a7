import { expect, test } from 'vitest';
import { screenLog } from '../../src/cli/shell/screen-log.ts';
import { NO_COUNTS } from '../../src/model/run.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import { logRuns } from '../../src/observe/log-events.ts';
import { log } from '../../src/observe/logger.ts';
import { MESSAGES } from '../../src/observe/messages/catalogue.ts';

/** What becomes of the log where somebody sees the runs themselves. */
async function screen() {
  const [told, notes]: [string[], string[]] = [[], []];
  const terminal = {
    tell: (text: string) => void told.push(text),
    tellStyle: (_: unknown, text: string) => text,
  };
  const { logger, remarks } = await screenLog(terminal, (text) => notes.push(text));
  return { logger, hear: logRuns(logger), told, notes, remarks };
}

const about = { job: 'visits', run: 1 } as const;

test('what happens every day, failed runs and dead letters are left to the table', async () => {
  const { hear, told, notes, remarks } = await screen();
  hear({ ...about, kind: 'run-started', windows: 1 });
  const failure = { side: 'source', message: 'gone', remedy: 'Wait.' } as const;
  const times = { startedAt: 0, endedAt: 1, window: undefined };
  hear({
    kind: 'run-ended',
    run: 1,
    result: { ...NO_COUNTS, ...times, job: 'visits', outcome: 'failed', failure },
  });
  const letter = { cause: 'refused', reason: 'no', remedy: undefined, key: 'a' };
  hear({ ...about, kind: 'dead-letter', letter } as unknown as RunEvent);
  expect([told, notes, [...remarks]]).toEqual([[], [], []]);
});

test('other errors are told at once, in lines of the log', async () => {
  const { hear, told } = await screen();
  hear({ ...about, kind: 'pending-expired', records: 3 });
  expect(told).toEqual([
    expect.stringMatching(
      /^\d\d:\d\d:\d\d error visits {2}records of old snapshots .* {2}3 records {2}PPDB-0110\n$/,
    ),
  ]);
});

test('warnings of jobs are kept for the end; what is in the way of requests is a note', async () => {
  const { logger, hear, told, notes, remarks } = await screen();
  const finding = { text: 'half of the rows', remedy: 'Look again.' };
  hear({ ...about, kind: 'rows-overlooked', finding } as RunEvent);
  log(logger, MESSAGES.hostDown, { host: 'http://x', failures: 5, reason: 'connect ECONNREFUSED' });
  expect([told, notes]).toEqual([
    [],
    ['the write API takes nothing at the moment; what is to be sent waits (connect ECONNREFUSED)'],
  ]);
  expect([...remarks]).toEqual([
    expect.stringMatching(
      / warning visits {2}the query reads rows .*\n +half of the rows\n +→ Look again\.\n$/,
    ),
  ]);
});

test('a note says in words what is in the way and what happens next', async () => {
  const { logger, notes } = await screen();
  const about = { data_set: 'test/applications', attempt: 1, delay: 2_000 };
  log(logger, MESSAGES.requestRepeated, { ...about, status: 503, reason: 'Service Unavailable' });
  log(logger, MESSAGES.requestRepeated, {
    ...about,
    delay: 400,
    reason: 'connection refused at 127.0.0.1:1',
  });
  log(logger, MESSAGES.compressionRefused, { host: 'http://x', status: 415 });
  expect(notes).toEqual([
    'the write API answered 503; trying again in 2.0 s',
    'the write API does not answer; trying again in 0.4 s (connection refused at 127.0.0.1:1)',
    'the write host does not take compressed requests: they are sent as they are',
  ]);
});
