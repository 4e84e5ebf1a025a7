import { describe, expect, test } from 'vitest';
import { formatProblem, problemOf } from '../../src/config/problem.ts';
import { crontabOf } from '../../src/export/crontab.ts';
import { CONFIG, exportableOf, type Files, job } from './exportables.ts';

const made = (files: Files, configFile = '/srv/collector/config.yaml') =>
  crontabOf(exportableOf({ 'config.yaml': CONFIG, ...files }), configFile);

const linesOf = (files: Files, configFile?: string): string[] => {
  const crontab = made(files, configFile);
  return 'value' in crontab
    ? crontab.value.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    : [];
};

describe('a crontab', () => {
  test('has each job below its zone', () => {
    expect(
      linesOf({
        'collectors/a.yaml': job('timezone: UTC'),
        'collectors/b.yaml': job(),
        'collectors/c.yaml': job('timezone: UTC').replace('30 6 * * *', '@hourly'),
      }),
    ).toEqual([
      ...['SHELL=/bin/sh', 'PATH=/usr/local/bin:/usr/bin:/bin'],
      'CRON_TZ=UTC',
      '30 6 * * * pp-db-collector --config /srv/collector/config.yaml run a --quiet',
      '0 * * * * pp-db-collector --config /srv/collector/config.yaml run c --quiet',
      'CRON_TZ=Europe/London',
      '30 6 * * * pp-db-collector --config /srv/collector/config.yaml run b --quiet',
    ]);
  });

  test('has verifications beside the runs, and tells where their times stand when cron cannot be told', () => {
    const verify = (schedule: string) => job(`verify: { schedule: "${schedule}", periods: 90 }`);
    expect(linesOf({ 'collectors/a.yaml': verify('0 3 * * 0') }).slice(3)).toEqual([
      '30 6 * * * pp-db-collector --config /srv/collector/config.yaml run a --quiet',
      '0 3 * * 0 pp-db-collector --config /srv/collector/config.yaml verify a --scheduled --quiet',
    ]);
    const crontab = made({ 'collectors/a.yaml': verify('30 0 3 * * 0') });
    const findings = 'findings' in crontab ? crontab.findings : [];
    expect(findings.map((finding) => formatProblem(problemOf(finding)))).toEqual([
      expect.stringMatching(
        /^collectors\/a.yaml:7:21 {2}verify.schedule: expected times that cron can be told/,
      ),
    ]);
  });

  test('keeps what means something to cron and to the shell from meaning it', () => {
    expect(linesOf({ 'collectors/a.yaml': job() }, "/srv/it's 100 %/config.yaml").at(-1)).toBe(
      "30 6 * * * pp-db-collector --config '/srv/it'\\''s 100 \\%/config.yaml' run a --quiet",
    );
  });

  test('names what is left out, and the variables that cron does not hand down', () => {
    const crontab = made({ 'collectors/a.yaml': job(), 'collectors/b.yaml': job('enabled: false') });
    expect(crontab).toMatchObject({ value: expect.stringContaining('not enabled: b\n') });
    expect(crontab).toMatchObject({ value: expect.stringContaining('environment: DATABASE_URL, TOKEN\n') });
  });

  test('is not made of times that cron cannot be told', () => {
    const crontab = made({ 'collectors/a.yaml': job().replace('30 6 * * *', '30 30 6 * * *') });
    const findings = 'findings' in crontab ? crontab.findings : [];
    expect(findings.map((finding) => formatProblem(problemOf(finding)))).toEqual([
      'collectors/a.yaml:2:11  schedule: expected times that cron can be told, got one with seconds; begin at whole minutes, with five fields',
    ]);
  });
});
