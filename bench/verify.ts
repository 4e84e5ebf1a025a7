import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DATABASES } from '../test/faults/fault-kinds.ts';
import { startSourceServer, using } from '../test/faults/source-server.ts';
import { TOKEN, WriteApiProcess } from '../test/faults/write-api-process.ts';
import { type Ended, Workplace } from '../test/support/program.ts';
import { CHANGED, change, fill, SPAN } from './verify/source-rows.ts';

/**
 * Delivers many records with the built program, changes a few rows of the source, and tells how long `verify` takes to find
 * exactly these, with how much memory, and whether `--repair` mends them. Ends with exit code 1 when it does not.
 */

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    database: { type: 'string', default: 'pg' },
  },
});
const records = Number(values.records);
const database = DATABASES.find((name) => name === values.database);
if (database === undefined) throw new Error(`${values.database} is none of ${DATABASES.join(', ')}`);
const program = resolve(import.meta.dirname, '../dist/main.js');
if (!existsSync(program)) throw new Error(`${program} is missing: npm run build`);

const place = new Workplace();
const folder = mkdtempSync(join(tmpdir(), 'verify-'));
const server = await startSourceServer(database);
const source = await server.create('cases', folder);
const api = await WriteApiProcess.start(program, folder);
try {
  await using(source, (session) => fill(session, records));
  place.write(
    'config.yaml',
    `write_api: { url: "http://127.0.0.1:${api.port}" }
databases: { source: { client: ${source.client}, connection: ${source.connection(source.server?.port ?? 0)} } }
`,
  );
  place.write(
    'collectors/cases.yaml',
    `data_set: { data_group: faults, data_type: rows, token: ${TOKEN} }
window: { period: day, start: ${SPAN.from}, lookback: 0, max_periods: 100 }
query: SELECT seq, day, channel, amount FROM cases WHERE day >= :from_date AND day < :to_date
record: { timestamp: day, id: [_timestamp, seq] }
`,
  );
  await told('run', ['run', 'cases', '--from', SPAN.from, '--to', SPAN.to, '--json'], 0);
  await using(source, (session) => change(session, records));
  const found = await told('verify', ['verify', 'cases', '--json'], 7);
  const [document] = JSON.parse(found.stdout) as [Record<string, number>];
  const { missing, different, extra } = document;
  tell(`found: ${JSON.stringify({ missing, different, extra })}`);
  if (missing !== CHANGED.missing || different !== CHANGED.different || extra !== CHANGED.extra)
    throw new Error(`there are ${JSON.stringify(CHANGED)}`);
  await told('verify --repair', ['verify', 'cases', '--repair', '--delete-extra', '--yes', '--quiet'], 0);
  await told('verify once more', ['verify', 'cases'], 0);
} finally {
  await api.kill9();
  await source.drop();
  await server.stop();
  place.remove();
  rmSync(folder, { recursive: true, force: true });
}

function tell(line: string): void {
  process.stdout.write(`${database}, ${records} records: ${line}\n`);
}

/** Runs a command of the program; tells its time and memory. Throws when it does not end as it should. */
async function told(name: string, args: readonly string[], code: number): Promise<Ended> {
  const start = performance.now();
  const ended = await place.run(args, { measureMemory: true });
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  tell(`${name}: ${seconds} s, ${((ended.peakMemory ?? 0) / 1e6).toFixed(0)} MB`);
  if (ended.code !== code)
    throw new Error(`${name} ended with ${ended.code}: ${ended.stdout}${ended.stderr}`);
  return ended;
}
