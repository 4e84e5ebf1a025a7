import { leftOutRules } from '../collect/complete-job.ts';
import { exampleQuery } from '../collect/queries.ts';
import type { Config, Job } from '../config/config.ts';
import { type RecordDifference, runMappingTest, type TestResult } from '../records/mapping-test.ts';
import { EXIT, type ExitCode, worst } from './shell/exit-codes.ts';
import { jsonText } from './shell/json.ts';
import { selectJobs } from './shell/select-jobs.ts';
import type { Setting } from './shell/setting.ts';
import type { Terminal } from './shell/terminal.ts';
import { remedyText } from './shell/text.ts';

export interface TestFlags {
  readonly json?: boolean;
}

const WRITE_TESTS =
  'Put tests into a job file: rows as the query gives them, and the records that they should become; ' +
  'docs/configuration.md has an example.';

interface TestedJob {
  readonly job: string;
  readonly tests: readonly TestResult[];
}

/** `test`: runs the tests of job files, without a database or a network. */
export async function test(names: readonly string[], flags: TestFlags, setting: Setting): Promise<ExitCode> {
  const { config, terminal } = setting;
  const jobs = names.length === 0 ? config.jobs : selectJobs(names, false, setting);
  const tested = jobs.map((job) => testJob(job, config));
  const failed = failures(tested);
  const passed = tested.reduce((sum, { tests }) => sum + tests.length, 0) - failed;
  if (flags.json === true) {
    await terminal.print(jsonText({ passed, failed, jobs: tested.map(jobJson) }));
  } else {
    for (const job of tested) await terminal.show(jobText(job, terminal));
    await terminal.print(`${passed} passed, ${failed} failed\n`);
    if (passed + failed === 0) terminal.tell(`there is nothing to test\n${remedyText(WRITE_TESTS)}`);
  }
  return worst([...(failed > 0 ? [EXIT.unexpected] : []), ...setting.codesOfProblems(names)]);
}

/** When the snapshots of tests are taken. */
const EXAMPLE_TIME = Date.UTC(2015, 0, 1);

function testJob(job: Job, { databases }: Config): TestedJob {
  const { timezone: zone = 'UTC', ambiguous } = databases[job.database] ?? {};
  const { rules } = exampleQuery(job, EXAMPLE_TIME, { zone, ambiguous });
  return {
    job: job.name,
    tests: job.tests.map((each) => runMappingTest(each, job.record, rules, leftOutRules(job))),
  };
}

const failures = (tested: readonly TestedJob[]): number =>
  tested.flatMap(({ tests }) => tests).filter(({ passed }) => !passed).length;

function jobText({ job, tests }: TestedJob, terminal: Terminal): string {
  if (tests.length === 0) return `${terminal.style('dim', '–')} ${job}: no tests\n`;
  return tests.map((result) => testText(job, result, terminal)).join('');
}

function testText(job: string, result: TestResult, terminal: Terminal): string {
  const mark = result.passed ? terminal.style('green', '✓') : terminal.style('red', '✗');
  const problems = result.problems.map(({ message, remedy }) => `    ${message}\n      → ${remedy}\n`);
  const differences = result.differences.map((difference) => differenceText(difference, terminal));
  return [`${mark} ${job}: ${result.name}\n`, ...problems, ...differences].join('');
}

const HEADS: Readonly<Record<RecordDifference['kind'], string>> = {
  different: 'differs (- expected, + got)',
  missing: 'is missing',
  extra: 'was not expected',
};

function differenceText({ record, kind, fields }: RecordDifference, terminal: Terminal): string {
  const lines = fields.flatMap(({ field, expected, got }) => [
    ...(expected === undefined ? [] : [terminal.style('red', `- ${field}: ${expected}`)]),
    ...(got === undefined ? [] : [terminal.style('green', `+ ${field}: ${got}`)]),
  ]);
  return [`    record ${record} ${HEADS[kind]}\n`, ...lines.map((line) => `      ${line}\n`)].join('');
}

function jobJson({ job, tests }: TestedJob) {
  return {
    job,
    tests: tests.map(({ differences, ...result }) => ({
      ...result,
      differences: differences.map(({ fields, ...difference }) => ({
        ...difference,
        fields: fields.map(({ field, expected = null, got = null }) => ({ field, expected, got })),
      })),
    })),
  };
}
