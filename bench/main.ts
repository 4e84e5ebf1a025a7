import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { grouped } from '../src/words/counts.ts';
import { type Bench, withBench } from './bench.ts';
import { compare } from './figures/comparison.ts';
import type { Findings } from './figures/figure.ts';
import { machineText, type Result, readResult, writeJson } from './figures/result-file.ts';
import { changesTable, figuresTable } from './figures/tables.ts';
import { measureGrowth } from './growth/measure-growth.ts';
import { benchCommand, USUAL, type Wish } from './options.ts';
import { measureCapacity, NEEDED } from './sink/capacity.ts';
import { together } from './suites/suite.ts';
import { SUITES } from './suites/suites.ts';

/** `npm run bench`: see CONTRIBUTING.md, or `npm run bench -- --help`. */
await benchCommand(SUITES, bench).parseAsync();

async function bench(wish: Wish): Promise<void> {
  const earlier = wish.compare === undefined ? undefined : readResult(wish.compare);
  if (wish.build)
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: resolve(import.meta.dirname, '..') });
  await withBench(wish.sizes, async (bench) => {
    await checkSink(bench);
    if (wish.growth) writeJson(wish.json ?? '', await measureGrowth(bench));
    else tell(await measure(bench, wish), wish, earlier);
  });
}

/** Says whether the sink could be what is measured. */
async function checkSink({ sink, say }: Bench): Promise<void> {
  const capacity = await measureCapacity(sink);
  const words = `the sink takes ${grouped(Math.round(capacity))} prepared records a second`;
  const needed = `${grouped(NEEDED)} are needed`;
  say(
    capacity > NEEDED ? words : `${words}, and ${needed}: IT MAY BE WHAT IS MEASURED, or the machine is busy`,
  );
}

async function measure(bench: Bench, { suites, sizes }: Wish): Promise<Result> {
  const findings: Findings[] = [{ figures: [], omissions: bench.omissions }];
  for (const suite of SUITES.filter(({ name }) => suites.includes(name))) {
    bench.say(`measuring ${suite.name}`);
    findings.push(await suite.measure(bench));
  }
  const { figures, omissions } = together(...findings);
  return {
    machine: machineText(),
    rows: sizes.rows,
    rounds: sizes.rounds,
    figures: figures.filter(({ value }) => !Number.isNaN(value)),
    omissions,
  };
}

function tell(result: Result, wish: Wish, earlier: Result | undefined): void {
  const { machine, rows, rounds } = result;
  const goals = rows < USUAL.rows ? `; the goals are those of ${grouped(USUAL.rows)} rows` : '';
  process.stdout.write(`\n${machine}; ${grouped(rows)} rows, medians of ${rounds} rounds${goals}\n`);
  process.stdout.write(figuresTable(result));
  if (wish.json !== undefined) writeJson(wish.json, result);
  if (earlier === undefined) return;
  const changes = compare(earlier.figures, result.figures);
  const others = earlier.rows === rows ? '' : `, which was measured with ${grouped(earlier.rows)} rows`;
  process.stdout.write(`\nsince ${wish.compare}${others}\n${changesTable(changes)}`);
  if (changes.some(({ isWorse }) => isWorse)) process.exitCode = 1;
}
