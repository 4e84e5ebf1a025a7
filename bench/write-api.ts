import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { load, quantile, rate, singles, type Times } from './write-api/measure.ts';
import { Served } from './write-api/served.ts';

/**
 * How fast `serve` stores: `node bench/write-api.ts [--rounds N] [--seconds N] [--load-seconds N] [--connections N]
 * [--postgres URL] [--store sqlite|postgresql]`. The server is a process of its own, and so is each store's; the
 * database of the URL must be one that may be written: a schema is made in it and dropped. Figures of a shared machine:
 * take the best round.
 */

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    'load-seconds': { type: 'string', default: '60' },
    connections: { type: 'string', default: '200' },
    postgres: { type: 'string', default: 'postgres://postgres@127.0.0.1:5432/postgres' },
    store: { type: 'string' },
    parts: { type: 'string', default: 'rates,singles,load' },
  },
});
const REQUESTS = 200;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const whole = (number: number): string => Math.round(number).toLocaleString('en-GB');
const mebibytes = (bytes: number): string => `${whole(bytes / 1_048_576)} MiB`;
const quantiles = (times: Times): string =>
  [
    ...[0.5, 0.99, 0.999].map((part) => `p${part * 100} ${quantile(times, part).toFixed(1)}`),
    `max ${(times.at(-1) ?? Number.NaN).toFixed(1)} ms`,
  ].join(', ');

async function measureRates(served: Served): Promise<void> {
  for (const ids of ['ascending', 'random'] as const) {
    const offset = ids === 'random' ? 10_000_000 : 0;
    await rate(served, ids, 50, offset);
    const rounds = [];
    for (let round = 1; round <= Number(options.rounds); round++)
      rounds.push(await rate(served, ids, REQUESTS, offset + round * REQUESTS * 1_000));
    sayRates(`batches of 1,000, new records, ${ids} ids`, rounds);
    const again = await rate(served, ids, REQUESTS, offset + REQUESTS * 1_000);
    sayRates(`batches of 1,000, replacing, ${ids} ids`, [again]);
  }
}

function sayRates(what: string, rounds: readonly Awaited<ReturnType<typeof rate>>[]): void {
  const rates = rounds.map(({ recordsPerSecond }) => recordsPerSecond).sort((left, right) => right - left);
  const processor = Math.min(...rounds.map(({ processorTime }) => processorTime));
  const median = rates[Math.floor(rates.length / 2)] ?? 0;
  say(
    `${what}: best ${whole(rates[0] ?? 0)}, median ${whole(median)} records/s; ${processor.toFixed(1)} µs of the server's processor time a record`,
  );
}

async function measureSingles(served: Served): Promise<void> {
  const seconds = Number(options.seconds);
  say(`single POST alone: ${quantiles(await singles(served, seconds, false, 'ascending'))}`);
  for (const ids of ['ascending', 'random'] as const) {
    const times = await singles(served, seconds, true, ids);
    say(`single POST while batches (${ids} ids) are sent: ${quantiles(times)}`);
  }
}

async function measureLoad(served: Served): Promise<void> {
  const [seconds, connections] = [Number(options['load-seconds']), Number(options.connections)];
  const { requests, errors, status, memory } = await load(served, seconds, connections);
  say(
    `${connections} connections for ${seconds} s: ${whole(requests / seconds)} requests/s, ${errors} errors`,
  );
  say(
    `  memory before ${mebibytes(memory.before)}, peak ${mebibytes(memory.peak)}, after ${mebibytes(memory.after)}`,
  );
  say(`  _status meanwhile: ${quantiles(status)}`);
}

const PARTS: Readonly<Record<string, (served: Served) => Promise<void>>> = {
  rates: measureRates,
  singles: measureSingles,
  load: measureLoad,
};

async function measure(name: string, url: string | undefined): Promise<void> {
  say(
    `\n${name} (load of the machine ${loadavg()
      .map((each) => each.toFixed(1))
      .join(' ')})`,
  );
  for (const part of options.parts.split(',')) {
    const step = PARTS[part];
    if (step === undefined) throw new Error(`there is no part ${part}`);
    const served = await Served.start({ place: url });
    try {
      await step(served);
    } finally {
      await served.stop();
      if (url !== undefined) await dropSchema(url);
    }
  }
}

async function dropSchema(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('DROP SCHEMA IF EXISTS pp_db_collector_write_api CASCADE');
  await client.end();
}

if (options.store !== 'postgresql') await measure('SQLite', undefined);
if (options.store !== 'sqlite') await measure('PostgreSQL', options.postgres);
say(
  `\nload of the machine at the end ${loadavg()
    .map((each) => each.toFixed(1))
    .join(' ')}`,
);
