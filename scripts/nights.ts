import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DATABASES } from '../test/faults/fault-kinds.ts';
import { type NightsPlan, type NightsReport, runNights } from '../test/faults/nights/nights.ts';

/**
 * Collects a simulated service night after night, once with `send: changed` and once with `send: all`, and compares the
 * data set with the source each morning. Ends with exit code 1 when anything is lost, left over or wrong.
 */

const { values } = parseArgs({
  options: {
    nights: { type: 'string', default: '30' },
    rows: { type: 'string', default: '600' },
    disturbed: { type: 'string', default: '0' },
    loss: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    database: { type: 'string', default: 'pg' },
    send: { type: 'string' },
    program: { type: 'string' },
  },
});

const program = resolve(values.program ?? join(import.meta.dirname, '../dist/main.js'));
if (!existsSync(program)) throw new Error(`${program} is missing: npm run build`);
const database = DATABASES.find((name) => name === values.database);
if (database === undefined) throw new Error(`${values.database} is none of ${DATABASES.join(', ')}`);
const ways = (['changed', 'all'] as const).filter((way) => values.send === undefined || values.send === way);
const tell = (line: string) => process.stdout.write(`${line}\n`);

tell(`seed ${values.seed}`);
const reports = new Map<NightsPlan['send'], NightsReport>();
for (const send of ways) {
  const report = await runNights({
    seed: Number(values.seed),
    database,
    send,
    nights: Number(values.nights),
    rowsPerDay: Number(values.rows),
    disturbed: Number(values.disturbed),
    lossBefore: values.loss === undefined ? undefined : Number(values.loss),
    program,
    tell: (line) => tell(`${send}: ${line}`),
  });
  reports.set(send, report);
  const kills = report.happenings.filter((what) => what.startsWith('killed while')).length;
  tell(`${send}: ${report.runs} runs, ${kills} kills -9, ${report.requests} requests since the first night`);
  for (const line of report.differences) tell(line);
  if (report.differences.length > 0) tell(`files: ${report.folder}`);
}
const [changed, all] = [reports.get('changed'), reports.get('all')];
if (changed !== undefined && all !== undefined)
  tell(`${((100 * changed.requests) / all.requests).toFixed(1)} % of the requests`);
process.exitCode = [...reports.values()].some(({ differences }) => differences.length > 0) ? 1 : 0;
