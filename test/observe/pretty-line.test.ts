import { beforeAll, expect, test } from 'vitest';
import { NO_COUNTS } from '../../src/model/run.ts';
import { LineWriter } from '../../src/observe/line-writer.ts';
import { logRuns } from '../../src/observe/log-events.ts';
import { createLogger, log } from '../../src/observe/logger.ts';
import { MESSAGES } from '../../src/observe/messages/catalogue.ts';
import { prettyLine } from '../../src/observe/pretty-line.ts';

const written: string[] = [];
const output = new LineWriter(2, ((_descriptor: number, bytes: Uint8Array) => {
  written.push(Buffer.from(bytes).toString());
  return bytes.length;
}) as never);
let logger: Awaited<ReturnType<typeof createLogger>>;
beforeAll(async () => {
  logger = await createLogger({ level: 'info', format: 'pretty', color: false, output });
});

/** What a person sees, the time apart. */
function shown(tell: () => void): string {
  written.length = 0;
  tell();
  const text = written.join('');
  expect(text).toMatch(/^\d\d:\d\d:\d\d /);
  return text.slice(9);
}

const ended = { job: 'visits', startedAt: 0, endedAt: 400, window: undefined, ...NO_COUNTS };

test('a run that ended is one line: job, outcome, figures with what they count', () => {
  const result = { ...ended, outcome: 'succeeded', rows: 1_240, records: 1_240, failure: undefined } as const;
  expect(shown(() => logRuns(logger)({ kind: 'run-ended', run: 1, result }))).toBe(
    'visits  succeeded  1,240 records  0.4 s\n',
  );
  const partial = { ...result, outcome: 'partial', records: 1_239, deadLetters: 1 } as const;
  expect(shown(() => logRuns(logger)({ kind: 'run-ended', run: 1, result: partial }))).toBe(
    'visits  partial  1,240 rows  1,239 records  1 dead letter  0.4 s\n',
  );
});

test('a run that failed says so with its code, and has the reason and the remedy below', () => {
  const failure = { side: 'source', message: 'the database is full:\ndisk', remedy: 'Make room.' } as const;
  const result = { ...ended, outcome: 'failed', failure } as const;
  expect(shown(() => logRuns(logger)({ kind: 'run-ended', run: 1, result }))).toBe(
    `error visits  run failed  0 records  0.4 s  PPDB-0104
         the database is full:
         disk
         → Make room.
`,
  );
});

test('a window stands below the line that tells of it', () => {
  const window = { from: Date.UTC(2014, 5, 1), to: Date.UTC(2014, 5, 2) };
  const counts = { ...NO_COUNTS, rows: 2, records: 2 };
  const event = { kind: 'window-acknowledged', job: 'visits', run: 1, window, counts } as const;
  expect(shown(() => logRuns(logger)(event))).toBe(
    'visits  window collected and acknowledged  2 records\n' +
      '         window: 2014-06-01 00:00 → 2014-06-02 00:00 UTC\n',
  );
});

test('numbers have their units', () => {
  const retry = { data_set: 'test/visits', status: 503, reason: 'try later', attempt: 1, delay: 61 };
  expect(shown(() => log(logger, MESSAGES.requestRepeated, retry))).toBe(
    'warning test/visits  request is sent again  attempt 1  delay: 61 ms  status 503  PPDB-0201\n         try later\n',
  );
  expect(shown(() => log(logger, MESSAGES.hostUp, { host: 'https://x', seconds_down: 75 }))).toBe(
    'the write host answers again  down for 1 min 15 s\n         host: https://x\n',
  );
});

test('times and answers are in words', () => {
  const fields = { next: '2026-11-27T18:45:00.000Z', in_time: true, reason: 'at 2026-11-27T18:45:00Z' };
  expect(shown(() => logger.info(fields, 'stopped'))).toBe(
    'stopped\n         next: 2026-11-27 18:45 UTC, in time: yes\n         at 2026-11-27T18:45:00Z\n',
  );
});

test('no line has braces of JSON, nor what moves a cursor or paints', () => {
  const fields = { req: { method: 'GET', url: '/' }, ids: ['a', 'b'], key: 'x\u001b[2J\r', none: null };
  expect(shown(() => logger.warn(fields, 'strange'))).toBe(
    'warning strange\n         req: method: GET, url: /, ids: a, b, key: x\\u001b[2J\\r, none: null\n',
  );
  expect(shown(() => logger.error({ err: new Error('broken') }, 'strange'))).toMatch(
    /^error strange\n {9}Error: broken\n {9} *at /,
  );
});

test('colours tell how bad it is', () => {
  const line = { level: 50, time: '2015-01-01T00:00:00.000Z', msg: 'run failed', job: 'visits' };
  const marked = prettyLine(line, (style, text) => `<${style}>${text}</>`);
  expect(marked).toMatch(/^<dim>\d\d:00:00<\/> <red>error<\/> <bold>visits<\/> {2}run failed\n$/);
});
