import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../src/config/problem.ts';
import { JOB, loadFiles } from './folder.ts';

describe('a file in the folder of job files', () => {
  test.each([
    ...[
      'one.YAML',
      'one.Yml',
      'one.yml.txt',
      'one.yaml.j2',
      'one.json',
      'one',
      'deep/one.json',
      'defaults.YAML',
    ],
  ])('%s is named in a warning', (name) => {
    const { problems, config } = loadFiles({ [`collectors/${name}`]: JOB });
    expect(config?.jobs.map((job) => job.name)).toEqual(['transactions']);
    expect(problems.map((problem) => formatProblem(problem))).toEqual([
      `collectors/${name}:1:1  warning: expected a file name that ends in .yaml or .yml, got one that is passed over; rename it if it is a job file, or move it elsewhere`,
    ]);
  });

  test.each([
    ...[
      'one.yaml~',
      '#one.yaml#',
      '.one.yaml.swp',
      'one.yaml.bak',
      'one.yaml.orig',
      'one~',
      'one.yaml.disabled',
    ],
    ...[
      'README',
      'README.md',
      'readme.txt',
      'LICENSE',
      '.gitkeep',
      'one.sql',
      'sql/one.sql',
      'defaults.yaml',
    ],
  ])('%s belongs there and is not', (name) => {
    const { problems, config } = loadFiles({ [`collectors/${name}`]: 'enabled: true\n' });
    expect([problems, config?.jobs.length]).toEqual([[], 1]);
  });
});
