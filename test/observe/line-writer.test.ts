import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LineWriter } from '../../src/observe/line-writer.ts';
import { createLogger } from '../../src/observe/logger.ts';

let folder: string;
let file: number;
/** Every write to it fails as on a full disk. */
let full: number;
const text = () => readFileSync(join(folder, 'log'), 'utf8');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'line-writer-'));
  file = openSync(join(folder, 'log'), 'w');
  full = openSync('/dev/full', 'w');
});
afterEach(() => {
  for (const descriptor of [file, full]) closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

/** A writer to the file whose writes go through `write`; bytes from an offset on, as the system takes them. */
const writerOf = (write: (bytes: Uint8Array, offset: number) => number) =>
  new LineWriter(file, ((_descriptor: number, bytes: Uint8Array, offset: number) =>
    write(bytes, offset)) as typeof writeSync);

const failure = (code: string) => Object.assign(new Error(code), { code });

describe('lines', () => {
  test('that meet a full disk are counted, and told of when there is room again', async () => {
    let isFull = false;
    const output = writerOf((bytes, offset) => writeSync(isFull ? full : file, bytes, offset));
    const logger = await createLogger({ level: 'info', format: 'json', color: false, output });
    logger.info('first');
    isFull = true;
    for (let line = 0; line < 3; line++) logger.info('lost');
    expect(output.lost).toBe(3);
    isFull = false;
    logger.info('second');
    const lines = text().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { msg: 'first' },
      { msg: 'second' },
      { level: 40, code: 'PPDB-0020', lines: 3 },
    ]);
    logger.info('third');
    expect([output.lost, text().split('\n').length]).toEqual([3, 5]);
  });

  test('that break off in their midst are lost, and the next one begins a line of its own', () => {
    const room = [3, 0];
    const output = writerOf((bytes, offset) => {
      const bytesLeft = room.shift();
      if (bytesLeft === 0) throw failure('ENOSPC');
      return writeSync(file, bytes, offset, bytesLeft);
    });
    output.write('broken off\n');
    output.write('whole\n');
    expect([text(), output.lost]).toEqual(['bro\nwhole\n', 1]);
  });

  test.each(['EPIPE', 'EIO', 'EBADF', 'ENOSPC', 'EDQUOT'])('that fail with %s are lost', (code) => {
    const output = writerOf(() => {
      throw failure(code);
    });
    for (const line of ['one\n', 'two\n']) output.write(line);
    expect(output.lost).toBe(2);
  });

  test('wait for a reader that is slow, once', () => {
    let [refusals, attempts] = [3, 0];
    const output = writerOf((bytes, offset) => {
      attempts += 1;
      if (refusals-- > 0) throw failure('EAGAIN');
      return writeSync(file, bytes, offset);
    });
    output.write('late\n');
    expect([text(), output.lost, attempts]).toEqual(['late\n', 0, 4]);
    refusals = 1_000;
    output.write('lost\n');
    attempts = 0;
    output.write('lost at once\n');
    expect([output.lost, attempts]).toEqual([2, 1]);
  });

  test('are for people when that is asked for', async () => {
    const output = new LineWriter(file);
    const logger = await createLogger({ level: 'info', format: 'pretty', color: false, output });
    logger.info({ job: 'visits' }, 'run started');
    expect(text()).toMatch(/^\d\d:\d\d:\d\d visits {2}run started\n$/);
  });
});
