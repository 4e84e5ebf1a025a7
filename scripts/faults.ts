import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MODES } from '../src/model/mode.ts';
import { type CampaignReport, everyHappening, runCampaign } from '../test/faults/campaign.ts';
import { DATABASES } from '../test/faults/fault-kinds.ts';
import { STATES } from '../test/faults/kept-state.ts';

/**
 * Breaks everything around the built program for a while and compares what arrives with the source:
 * test/faults/README.md. Ends with exit code 1 when anything is lost, doubled or wrong.
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    kills: { type: 'string' },
    episodes: { type: 'string' },
    seed: { type: 'string' },
    episode: { type: 'string' },
    mode: { type: 'string' },
    database: { type: 'string' },
    without: { type: 'string' },
    state: { type: 'string', default: 'sqlite' },
    program: { type: 'string' },
    failures: { type: 'string', default: '1' },
  },
});

/** What an option lists, or all there is. */
function listed<Name extends string>(option: string | undefined, all: readonly Name[]): readonly Name[] {
  const names = option?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => !all.some((each) => each === name));
  if (unknown !== undefined) throw new Error(`${unknown} is none of ${all.join(', ')}`);
  return all.filter((name) => names?.includes(name) ?? true);
}

const start = performance.now();
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const program = resolve(values.program ?? join(import.meta.dirname, '../dist/main.js'));
if (!existsSync(program)) throw new Error(`${program} is missing: npm run build`);
const scope = {
  modes: listed(values.mode, MODES),
  databases: listed(values.database, DATABASES),
  without: values.without?.split(',').map((name) => name.trim()) ?? [],
};
const minutes = Number(
  values.minutes ??
    (values.kills === undefined && values.episodes === undefined ? 5 : Number.POSITIVE_INFINITY),
);
const tell = (line: string) => process.stdout.write(`${line}\n`);

let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    tell('stopping after these episodes; once more to stop at once');
    isStopped = true;
  });

function goesOn({ kills, episodes, failures }: CampaignReport): boolean {
  return (
    !isStopped &&
    failures.length < Number(values.failures) &&
    performance.now() - start < minutes * 60_000 &&
    kills < Number(values.kills ?? Number.POSITIVE_INFINITY) &&
    episodes < Number(values.episodes ?? Number.POSITIVE_INFINITY)
  );
}

const [state = 'sqlite'] = listed(values.state, STATES);
tell(`seed ${seed}`);
const only = values.episode === undefined ? undefined : Number(values.episode);
const report = await runCampaign({ ...scope, state, seed, program, only, goesOn, tell });
tell('');
for (const what of everyHappening(scope)) tell(`${String(report.counts.get(what) ?? 0).padStart(6)} ${what}`);
const seconds = Math.round((performance.now() - start) / 1_000);
tell(
  `\nseed ${seed}: ${report.episodes} episodes, ${report.runs} runs, ${report.kills} kills -9 in ${seconds} s; ${report.failures.length} failed`,
);
process.exitCode = report.failures.length > 0 ? 1 : 0;
