import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, '.github/workflows');
const FILES = readdirSync(FOLDER);
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { needs?: string | string[]; steps?: Step[]; uses?: string }>>;
}

const textOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

describe.each(FILES)('%s', (file) => {
  const document = parseDocument(textOf(file), { uniqueKeys: true });
  const workflow: Workflow = document.toJS();
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);

  test('is YAML without a mistake', () => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
  });

  test('may read and no more, unless a job says otherwise', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  test('takes actions by commit, with their version beside', () => {
    const uses = [...textOf(file).matchAll(/uses: (.*)$/gm)].map(([, used = '']) => used);
    expect(uses.length).toBeGreaterThan(0);
    for (const used of uses.filter((each) => !each.startsWith('./')))
      expect(used).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    for (const used of uses.filter((each) => each.startsWith('./')))
      expect(existsSync(join(ROOT, used)), used).toBe(true);
  });

  test('keeps no right to push in the clone', () => {
    const clones = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const clone of clones) expect(clone.with).toMatchObject({ 'persist-credentials': false });
  });

  test('runs what there is', () => {
    for (const { run = '' } of steps) {
      for (const [script] of run.matchAll(/scripts\/[\w.-]+/g))
        expect(statSync(join(ROOT, script)).mode & 0o111, script).not.toBe(0);
      for (const [, script = ''] of run.matchAll(/npm (?:run )?(test|(?<=run )[\w:]+)/g))
        expect(PACKAGE.scripts).toHaveProperty(script);
    }
  });

  test('puts no text from outside into a shell', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });

  test('waits for jobs that there are', () => {
    for (const { needs = [] } of Object.values(workflow.jobs))
      for (const needed of [needs].flat()) expect(workflow.jobs).toHaveProperty(needed);
  });
});
