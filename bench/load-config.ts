import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemReport } from '../src/cli/shell/setting.ts';
import { loadConfig } from '../src/config/load-config.ts';

/**
 * How long loading many job files takes and how much memory: `node bench/load-config.ts [FILES]`, 10,000 by default.
 * Each case is measured in a process of its own.
 */

const CONFIG = `
write_api:
  url: https://www.performance.service.gov.uk
databases:
  benefits: { client: pg, connection: "\${DATABASE_URL}" }
`;

const job = (index: number) => `
description: Carer's Allowance applications by channel, per day
database: benefits
schedule: "${index % 60} 6 * * *"
timezone: Europe/London
data_set:
  data_group: carers-allowance
  data_type: transactions-${index}
  token: \${TOKEN}
window:
  period: day
  lookback: 3
  start: 2023-01-01
query: |
  SELECT submitted_on, channel, count(*) AS applications
  FROM applications
  WHERE submitted_at >= :from AND submitted_at < :to
  GROUP BY submitted_on, channel
record:
  timestamp: submitted_on
  id: [_timestamp, period, channel]
  fields:
    period: { value: day }
    channel: { column: channel, case: lower, map: { post: paper, telephone: phone } }
    applications: applications
`;

type FileOf = (index: number) => string;

const MISTAKES = [
  (text: string) => text.replace('schedule:', 'shedule:'),
  (text: string) => text.replace('benefits', 'benefts'),
  (text: string) => text.replace('period, channel', 'period, chanel'),
  (text: string) => text.replace('Europe/London', 'Europe/Londn'),
  (text: string) => text.replace('"', ''),
] as const;

const CASES: Readonly<Record<string, FileOf>> = {
  'all good': job,
  'each with a mistake': (index) => MISTAKES[index % MISTAKES.length]?.(job(index)) ?? '',
  '1,000 with a mistake': (index) =>
    index < 1_000 ? (MISTAKES[index % MISTAKES.length]?.(job(index)) ?? '') : job(index),
};

function fill(folder: string, files: number, fileOf: FileOf): void {
  mkdirSync(join(folder, 'collectors'));
  writeFileSync(join(folder, 'config.yaml'), CONFIG);
  for (let index = 0; index < files; index++) {
    writeFileSync(join(folder, 'collectors', `job-${index}.yaml`), fileOf(index));
  }
}

/** Loads and reports as a command does; prints the figures. */
function measure(name: string, currentDirectory: string): void {
  const startedAt = performance.now();
  const environment = { DATABASE_URL: 'postgres://user@localhost/benefits', TOKEN: 'hunter2' };
  const { config, problems } = loadConfig('config.yaml', { environment, currentDirectory });
  const loadedAt = performance.now();
  const report = problemReport(problems, (_, text) => text);
  const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(2)} s`;
  const figures = [
    `${name}:`.padEnd(22),
    `${config?.jobs.length} jobs, ${problems.length} mistakes,`,
    `loaded in ${seconds(loadedAt - startedAt)},`,
    `report of ${report.split('\n').length - 1} lines in ${seconds(performance.now() - loadedAt)},`,
    `at most ${Math.round(process.resourceUsage().maxRSS / 1_024)} MiB`,
  ];
  process.stdout.write(`${figures.join(' ')}\n`);
}

function measureAll(files: number): void {
  for (const [name, fileOf] of Object.entries(CASES)) {
    const folder = mkdtempSync(join(tmpdir(), 'pp-db-collector-load-'));
    try {
      fill(folder, files, fileOf);
      const { status } = spawnSync(process.execPath, [import.meta.filename, name, folder], {
        stdio: 'inherit',
      });
      if (status !== 0) process.exitCode = 1;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

const [first = '10000', folder] = process.argv.slice(2);
if (folder === undefined) measureAll(Number(first));
else measure(first, folder);
