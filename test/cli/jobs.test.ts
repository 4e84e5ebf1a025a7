import { expect, test } from 'vitest';
import { jobs } from '../../src/cli/jobs/jobs.ts';
import type { Setting } from '../../src/cli/shell/setting.ts';
import { jobOf } from '../support/collecting.ts';

test('a job whose schedule cannot be worked out is told as such, beside the others', async () => {
  const printed: string[] = [];
  const job = jobOf({ schedule: '0 6 1-7 * 1' });
  const setting = {
    config: {
      state: { memory: true },
      schedule: { timezone: 'Europe/London' },
      jobs: [
        { ...job, name: 'good' },
        // No configuration lets this zone through.
        { ...job, name: 'wrong', timezone: 'BST' },
      ],
    },
    rejectedJobs: [],
    terminal: { print: async (text: string) => void printed.push(text) },
    codesOfProblems: () => [],
  } as unknown as Setting;
  expect(await jobs(undefined, { next: 2, json: true }, setting)).toBe(0);
  const [good, wrong] = JSON.parse(printed.join(''));
  expect(good.schedule_in_words).toBe('At 06:00, on the 1st to 7th and on Mondays (either)');
  expect(good.next_runs).toHaveLength(2);
  expect(wrong.schedule_in_words).toMatch(/^cannot be worked out: .*time zone/);
  expect(wrong.next_runs).toEqual([]);
});

test('one job whose periods cannot be compared yet is told with what is missing', async () => {
  const printed: string[] = [];
  const setting = {
    config: {
      state: { memory: true },
      schedule: { timezone: 'Europe/London' },
      jobs: [jobOf({ expect: { change: { at_most: '50%' }, on_violation: 'hold' } })],
    },
    rejectedJobs: [],
    terminal: {
      show: async (text: string) => void printed.push(text),
      style: (_: string, text: string) => text,
    },
    codesOfProblems: () => [],
  } as unknown as Setting;
  expect(await jobs('applications', { next: 2 }, setting)).toBe(0);
  expect(printed.join('')).toMatch(
    /expect\.change {2,}the next day is not compared yet: 3 days of the same weekday before it are needed, and none is known/,
  );
});
