import { expect, test } from 'vitest';
import { benchCommand, type Wish } from '../../bench/options.ts';
import { SUITES } from '../../bench/suites/suites.ts';

async function wishOf(...args: readonly string[]): Promise<Wish> {
  let wish: Wish | undefined;
  const command = benchCommand(SUITES, (given) => {
    wish = given;
  });
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  await command.parseAsync(args, { from: 'user' });
  if (wish === undefined) throw new Error('nothing was asked for');
  return wish;
}

test('everything is measured, with a million rows and five rounds', async () => {
  expect(await wishOf()).toMatchObject({
    sizes: { rows: 1_000_000, rounds: 5, records: 5_000_000 },
    suites: SUITES.map(({ name }) => name),
  });
});

test('--quick measures less of less', async () => {
  expect(await wishOf('--quick')).toMatchObject({
    sizes: { rows: 100_000, rounds: 3, isQuick: true },
    suites: ['postgresql', 'sqlite', 'slow-answers', 'start-up'],
  });
  expect(await wishOf('--quick', '--rows', '5', 'gzip')).toMatchObject({
    sizes: { rows: 5 },
    suites: ['gzip'],
  });
});

test.each([
  [['nonsense'], 'Allowed choices are postgresql, mariadb'],
  [['--rows', '1e6'], 'It must be a whole number above 0'],
  [['--rounds', '0'], 'It must be a whole number above 0'],
  [['--growth'], '--growth needs --json FILE'],
  [['--growth', '--json', 'x', 'sqlite'], '--growth has no suites'],
  [['--growth', '--quick'], 'cannot be used with option'],
])('%j is refused', async (args, message) => {
  await expect(wishOf(...args)).rejects.toThrow(message);
});
