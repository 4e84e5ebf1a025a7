import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runNights } from './nights.ts';

const PROGRAM = join(import.meta.dirname, '../../../dist/main.js');
const seed = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`what is not sent again is there, night after night, though runs are killed and the write API loses all it has (seed ${seed})`, async () => {
  const lines: string[] = [];
  const report = await runNights({
    seed,
    database: 'better-sqlite3',
    send: 'changed',
    nights: 5,
    rowsPerDay: 120,
    disturbed: 2,
    lossBefore: 4,
    program: PROGRAM,
    tell: (line) => lines.push(line),
  });
  if (report.differences.length > 0) expect.fail([...lines, ...report.differences, report.folder].join('\n'));
  expect(report.happenings.filter((what) => what.startsWith('killed while'))).not.toEqual([]);
}, 600_000);
