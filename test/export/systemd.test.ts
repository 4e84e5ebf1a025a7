import { describe, expect, test } from 'vitest';
import { formatProblem, problemOf } from '../../src/config/problem.ts';
import { onCalendar } from '../../src/export/systemd/on-calendar.ts';
import { type SystemdOptions, systemdUnits } from '../../src/export/systemd/units.ts';
import { CONFIG, exportableOf, type Files, job } from './exportables.ts';

describe('OnCalendar', () => {
  test.for([
    ['30 6 * * *', ['*-*-* 06:30:00 UTC']],
    ['*/10 * * * * *', ['*-*-* *:*:00/10 UTC']],
    ['*/25 * * * *', ['*-*-* *:00/25:00 UTC']],
    ['0 9-17 * * MON-FRI', ['Mon..Fri *-*-* 09..17:00:00 UTC']],
    ['0 6 1 * MON', ['*-*-01 06:00:00 UTC', 'Mon *-*-* 06:00:00 UTC']],
    ['0 6 */2 1,6 0', ['Sun *-01,06-01/2 06:00:00 UTC']],
    ['0 6 1 * 0-6', ['*-*-* 06:00:00 UTC']],
    ['0 6 * * 0,1,3', ['Mon,Wed,Sun *-*-* 06:00:00 UTC']],
  ] as const)('of %s is %j', ([schedule, values]) => {
    expect(onCalendar(schedule, 'UTC')).toEqual(values);
  });
});

const FILES: Files = {
  'config.yaml': `${CONFIG}state: { file: /var/lib/pp-db-collector/state.sqlite }\n`,
  'collectors/visits.yaml': job('jitter: 90s'),
  'collectors/other.yaml': job('enabled: false'),
};
const OPTIONS: SystemdOptions = {
  configFile: '/etc/pp-db-collector/config.yaml',
  user: undefined,
  timers: false,
};

function unitsOf(files: Files, options = OPTIONS) {
  const made = systemdUnits(exportableOf(files), options);
  return 'value' in made ? made.value : [];
}

function refusals(files: Files, options = OPTIONS): string[] {
  const made = systemdUnits(exportableOf(files), options);
  return 'findings' in made ? made.findings.map((finding) => formatProblem(problemOf(finding))) : [];
}

describe('units', () => {
  test('of the daemon are one service', () => {
    const [unit, ...others] = unitsOf(FILES);
    expect(others).toEqual([]);
    expect(unit?.name).toBe('pp-db-collector.service');
    expect(unit?.text).toContain('\nDynamicUser=yes\nUser=pp-db-collector\nStateDirectory=pp-db-collector\n');
    expect(unit?.text).toContain(
      'The files take from it: DATABASE_URL, TOKEN\nEnvironmentFile=-/etc/pp-db-collector/environment\n',
    );
  });

  test('of timers are one service for all jobs, and a timer for each that has times', () => {
    const [service, timer, ...others] = unitsOf(FILES, { ...OPTIONS, timers: true });
    expect(others).toEqual([]);
    expect(service?.text).toContain('\nExecStart=/usr/bin/env pp-db-collector run %i\n');
    expect(service?.text).toContain('\nTimeoutStartSec=1860\n');
    expect(timer?.name).toBe('pp-db-collector@visits.timer');
    expect(timer?.text).toContain(
      '\nOnCalendar=*-*-* 06:30:00 Europe/London\nRandomizedDelaySec=90000ms\nAccuracySec=1s\n',
    );
    expect(timer?.text).toContain('\nPersistent=yes\n');
    const skipping = { ...FILES, 'config.yaml': `${FILES['config.yaml']}schedule: { missed_runs: skip }\n` };
    expect(unitsOf(skipping, { ...OPTIONS, timers: true })[1]?.text).toContain('\nPersistent=no\n');
  });

  test('of verifications are a service and timers of their own', () => {
    const visits = job('verify: { schedule: "0 3 * * 0", timeout: 3h }');
    const units = unitsOf({ ...FILES, 'collectors/visits.yaml': visits }, { ...OPTIONS, timers: true });
    expect(units.map(({ name }) => name)).toEqual([
      ...['pp-db-collector@.service', 'pp-db-collector-verify@.service'],
      ...['pp-db-collector@visits.timer', 'pp-db-collector-verify@visits.timer'],
    ]);
    const [, service, , timer] = units;
    expect(service?.text).toContain(
      '\nExecStart=/usr/bin/env pp-db-collector verify %i --scheduled --quiet\n',
    );
    expect(service?.text).toContain('\nTimeoutStartSec=10860\n');
    expect(service?.text).not.toContain('SuccessExitStatus');
    expect(timer?.text).toContain('\nOnCalendar=Sun *-*-* 03:00:00 Europe/London\nAccuracySec=1s\n');
  });

  test('take credentials where the files look for them', () => {
    const credential = job().replace('${TOKEN}', '${file:/run/credentials/pp-db-collector.service/token}');
    const files = { ...FILES, 'collectors/visits.yaml': credential };
    expect(unitsOf(files)[0]?.text).toContain('\nLoadCredential=token:/etc/pp-db-collector/secrets/token\n');
    expect(refusals(files, { ...OPTIONS, timers: true })).toEqual([
      expect.stringMatching(
        /^collectors\/visits.yaml:3:\d+ {2}data_set.token: expected a value that each run can read/,
      ),
    ]);
  });

  test('need somebody to own a state that lies elsewhere', () => {
    const files = { ...FILES, 'config.yaml': CONFIG };
    expect(refusals(files)).toEqual([
      expect.stringMatching(
        /^config.yaml:1:1 {2}state.file: expected a file below \/var\/lib\/pp-db-collector/,
      ),
    ]);
    const [unit] = unitsOf(files, { ...OPTIONS, user: 'collector' });
    expect(unit?.text).toMatch(
      /\nUser=collector\n.*install -d -m 0700 -o collector .*\/state\nReadWritePaths=".*\/state"\n/,
    );
  });

  test('keep specifiers of systemd from meaning anything in paths', () => {
    const [unit] = unitsOf(FILES, { ...OPTIONS, configFile: '/srv/100 %i "x"/config.yaml' });
    expect(unit?.text).toContain('\nWorkingDirectory=/srv/100 %%i "x"\n');
    expect(unit?.text).toContain('\nEnvironment="PP_DB_COLLECTOR_CONFIG=/srv/100 %%i \\"x\\"/config.yaml"\n');
  });
});
