import { expect } from 'vitest';
import { sharedDatabase } from '../../src/replicas/shared-database.ts';
import { writeHostCompany } from '../../src/replicas/write-host-company.ts';
import { openPool } from '../support/pool.ts';
import { test } from './shared-world.ts';

test('one of all has the turn to try a host that is down, and all learn that it answers', async ({
  world,
}) => {
  const pool = openPool(world.url);
  const { ask } = sharedDatabase(pool, (error) => error);
  const [one, other] = [
    writeHostCompany(ask, 'https://a.example'),
    writeHostCompany(ask, 'https://a.example'),
  ];
  const elsewhere = writeHostCompany(ask, 'https://b.example');
  expect(await one.look()).toBeUndefined();
  expect(await one.takeTurn(1_000)).toBe('up');
  await one.tellDown(5, 'ECONNREFUSED', 0);
  await other.tellDown(7, 'too late', 60_000);
  expect(await other.look()).toEqual({ failures: 5, reason: 'ECONNREFUSED', elapsed: expect.any(Number) });
  const turns = await Promise.all([one, other, one, other].map((each) => each.takeTurn(60_000)));
  expect(turns.filter((turn) => turn === 'mine')).toHaveLength(1);
  for (const turn of turns) if (typeof turn === 'number') expect(turn).toBeGreaterThan(50_000);
  expect(await elsewhere.look()).toBeUndefined();
  await other.tellUp();
  expect(await one.takeTurn(60_000)).toBe('up');
  await pool.end();
});
