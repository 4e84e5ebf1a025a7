import { afterEach, beforeEach, expect, test } from 'vitest';
import { runOnTerminal } from '../support/on-terminal.ts';
import { ServiceOfVisits } from '../support/service-of-visits.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

const SPAN = ['--from', '2014-06-01', '--to', '2014-06-11'];
const WITHOUT_NOTE = '{ timestamp: day, id: [_timestamp, id], omit: [note] }';

let strict: RunningWriteApi;
let lenient: RunningWriteApi;
let service: ServiceOfVisits;

beforeEach(async () => {
  strict = await startWriteApi({ schema: { properties: { note: { not: { enum: ['bad'] } } } } });
  lenient = await startWriteApi();
  service = await ServiceOfVisits.open(strict.url);
  service.writeJob(undefined, 'max_periods: 100');
  await service.visit(10, "CASE id WHEN 3 THEN 'bad' WHEN 5 THEN char(0) ELSE 'fine' END");
  const { code, stdout, stderr } = await service.run('run', 'visits', ...SPAN);
  expect(code, stderr).toBe(7);
  expect(stdout).toContain('partial');
});

afterEach(async () => {
  await service.close();
  await strict.close();
  await lenient.close();
});

interface Letter {
  readonly id: number;
  readonly code: string;
  readonly reason: string;
}

const listed = () => service.json<Letter[]>('dead-letters', 'list');
const idOf = async (code: string) => String((await listed()).find((letter) => letter.code === code)?.id);

test('are listed, and shown with row or record, reason and remedy', async () => {
  const list = await service.run('dead-letters', 'list', 'visits');
  expect(list.code).toBe(0);
  expect(list.stdout).toMatch(
    /^id\s+job\s+row\s+code\s+first seen \(Europe\/London\)\s+last seen \(Europe\/London\)\s+reason\n/,
  );
  expect(list.stdout).toMatch(
    /visits {2}2014-06-\d\d, id 3, note bad +PPDB-0303 .* the write API answered 400: .*note/,
  );
  expect(list.stdout).toMatch(/visits {2}2014-06-\d\d, id 5 +PPDB-0301 /);
  expect(list.stdout.trim().split('\n')).toHaveLength(3);

  const row = await service.run('dead-letters', 'show', await idOf('PPDB-0301'));
  expect(row.stdout).toContain('collected   2014-06-01 → 2014-06-11');
  expect(row.stdout).toContain(
    '→ To collect that time as it is now: `pp-db-collector run visits --from 2014-06-01 --to 2014-06-11`\n',
  );
  expect(row.stdout).toMatch(/note +text +"\\u0000"\n/i);
  expect(row.stdout).toContain('→ pp-db-collector explain PPDB-0301');
  const record = await service.run('dead-letters', 'show', 'visits', await idOf('PPDB-0303'));
  expect(record.stdout).toContain('"note": "bad"');
  expect(record.stdout).not.toContain('JOB');
  expect(record.stdout).toContain('`pp-db-collector dead-letters replay visits ');
  expect(await service.json('dead-letters', 'show', 'visits')).toEqual([
    expect.objectContaining({ row: expect.arrayContaining([{ column: 'id', type: 'INTEGER', value: '5' }]) }),
    expect.objectContaining({ record: expect.objectContaining({ id: 3, note: 'bad' }) }),
  ]);
});

test('are replayed: with 7 while some stay, with 0 when the write API and the mapping are corrected', async () => {
  const again = await service.run('dead-letters', 'replay');
  expect(again.code, again.stderr).toBe(7);
  expect(again.stdout).toMatch(/^job +sent +still refused .*\nvisits +0 +2 /);
  expect(again.stderr).toContain('note must NOT be valid');

  service.sendTo(lenient.url);
  const taken = await service.run('dead-letters', 'replay', 'visits');
  expect(taken.code).toBe(7);
  expect(await lenient.stored()).toEqual([expect.objectContaining({ id: 3, note: 'bad' })]);
  expect((await listed()).map(({ code }) => code)).toEqual(['PPDB-0301']);

  service.writeJob(WITHOUT_NOTE);
  const healed = await service.run('dead-letters', 'replay', await idOf('PPDB-0301'));
  expect(healed.code, healed.stderr).toBe(0);
  expect(await lenient.stored()).toHaveLength(2);
  expect(await listed()).toEqual([]);
  const runs = await service.json<{ outcome: string; records: number }[]>('history');
  expect(runs.map(({ outcome, records }) => [outcome, records])).toEqual([
    ['succeeded', 1],
    ['partial', 1],
    ['partial', 0],
    ['partial', 8],
  ]);
});

test('on a terminal are listed in its width, and why they stay is told once, below the table of a replay', async () => {
  const onTerminal = (...args: string[]) =>
    runOnTerminal(service.workplace.folder, ['dead-letters', ...args], { environment: { NO_COLOR: '1' } });
  const { screen } = await onTerminal('list');
  expect(screen).toMatch(/^id {2}job +row +reason\r\n/);
  for (const line of screen.split('\r\n')) expect(line.length).toBeLessThanOrEqual(80);
  const replay = await onTerminal('replay');
  expect(replay.code).toBe(7);
  expect(replay.screen).toMatch(/^job +sent +still refused.*\r\nvisits .*\r\n\r\nvisits \d: /);
  expect(replay.screen.match(/holds U\+0000/g)).toHaveLength(1);
  expect((await onTerminal('replay', '--log-level', 'info')).screen).toContain('PPDB-0301');
});

test('of a job whose ids have changed are not replayed', async () => {
  await service.run('run', 'visits', '--from', '2014-06-01', '--to', '2014-06-02');
  service.writeJob('{ timestamp: day, id: [id], omit: [note] }');
  const { code, stderr } = await service.run('dead-letters', 'replay');
  expect(code).toBe(3);
  expect(stderr).toContain('state accept visits');
  const accepting = await service.run('state', 'accept', 'visits');
  expect(accepting.stderr).toContain('! records that wait, or were refused, are not sent any more');
  expect(accepting.stderr).toContain('discard them (state discard visits, dead-letters discard visits)');
  expect(await listed()).toHaveLength(2);
});

test('of a job whose file is wrong can only be discarded', async () => {
  service.workplace.write('collectors/visits.yaml', '');
  const replay = await service.run('dead-letters', 'replay', 'visits');
  expect(replay.code).toBe(3);
  expect(replay.stderr).toContain('run dead-letters discard visits');
  expect((await service.run('dead-letters', 'discard', 'visits', '--yes')).code).toBe(0);
  expect(await listed()).toEqual([]);
});

test('are discarded only when somebody says so', async () => {
  const id = await idOf('PPDB-0303');
  const unasked = await service.run('dead-letters', 'discard', id);
  expect(unasked).toMatchObject({ code: 2, stdout: '' });
  expect(unasked.stderr).toMatch(/1 dead letter will be lost.*\nnothing was changed.*\n {2}→ Give --yes/);
  expect(await listed()).toHaveLength(2);
  const { code, stdout } = await service.run('dead-letters', 'discard', 'visits', id, '--yes');
  expect({ code, stdout }).toEqual({ code: 0, stdout: '1 dead letter discarded\n' });
  expect((await listed()).map((letter) => letter.code)).toEqual(['PPDB-0301']);
});

test('are named by job and number; what does not exist is answered with what does', async () => {
  const answer = async (...names: string[]) => {
    const { code, stderr } = await service.run('dead-letters', 'show', ...names);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await answer('vistis')).toContain('there is no job "vistis"\n  → Did you mean visits?');
  expect(await answer('99')).toContain('there is no dead letter 99\n');
  expect(await answer('visits', 'x')).toContain('"x" is not the ID of a dead letter');
  expect((await service.run('dead-letters', 'lits')).stderr).toContain('Did you mean list?');
});
