import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { MODES } from '../../src/model/mode.ts';
import { type CampaignReport, everyHappening, runCampaign } from './campaign.ts';
import { DATABASES, type Database } from './fault-kinds.ts';

const PROGRAM = resolve(process.env.FAULTS_PROGRAM ?? join(import.meta.dirname, '../../dist/main.js'));
/** Of each database, whatever has happened; the modes take turns. */
const EPISODES = 2;
/** Of a database to which something may still happen that has not. By then even the fault that hits least often has hit. */
const MOST_EPISODES = 30;
const SCOPE = { modes: MODES, databases: DATABASES, without: [] };

/** Replays what failed: FAULTS_SEED=… npx vitest run test/faults */
const seed = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`nothing is lost, doubled or wrong, whatever is killed, cut or refused (seed ${seed})`, async () => {
  const lines: string[] = [];
  const missing = ({ counts }: CampaignReport, databases: readonly Database[] = DATABASES) =>
    everyHappening({ ...SCOPE, databases }).filter((what) => !counts.has(what));
  const report = await runCampaign({
    ...SCOPE,
    state: 'sqlite',
    seed,
    program: PROGRAM,
    only: undefined,
    goesOn: (so, played, database) =>
      so.failures.length === 0 &&
      (played < EPISODES || (missing(so, [database]).length > 0 && played < MOST_EPISODES)),
    tell: (line) => lines.push(line),
  });
  // What is planned is long, and follows from the seed.
  if (report.failures.length > 0) expect.fail([`seed ${seed}`, ...lines].join('\n'));
  expect(missing(report), `what never happened, seed ${seed}`).toEqual([]);
}, 1_800_000);

test(`nor where a server keeps the state (seed ${seed})`, async () => {
  const lines: string[] = [];
  const report = await runCampaign({
    ...SCOPE,
    databases: ['better-sqlite3'],
    state: 'postgresql',
    seed,
    program: PROGRAM,
    only: undefined,
    goesOn: (so, played) => so.failures.length === 0 && played < MODES.length,
    tell: (line) => lines.push(line),
  });
  if (report.failures.length > 0) expect.fail([`seed ${seed}`, ...lines].join('\n'));
  expect(report.episodes).toBe(MODES.length);
}, 1_800_000);
