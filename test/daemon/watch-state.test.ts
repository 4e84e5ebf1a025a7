import { renameSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { watchState } from '../../src/daemon/watch-state.ts';
import { test as base, SECOND, turnsUntil } from './daemon-world.ts';

/** Looks at a state each second, and hears what is told. */
const test = base.extend<{ watched: { told: string[]; look: () => Promise<void>; unwatch: () => void } }>({
  watched: async ({ world }, use) => {
    const told: string[] = [];
    let looks = 0;
    const jobs = () => {
      looks += 1;
      return world.state.jobs();
    };
    const unwatch = watchState(
      { jobs },
      { lost: ({ message }) => told.push(message), back: () => told.push('back') },
      SECOND,
    );
    await use({
      told,
      unwatch,
      async look() {
        const before = looks;
        await vi.advanceTimersByTimeAsync(SECOND);
        await turnsUntil(() => looks === before + 1);
        await new Promise(setImmediate);
      },
    });
    unwatch();
  },
});

test('a state that is lost is told once, and once when it is back, and so again', async ({
  world,
  watched,
}) => {
  const { told, look } = watched;
  await look();
  expect(told).toEqual([]);
  for (let count = 1; count <= 2; count++) {
    renameSync(world.stateFile, `${world.stateFile}.away`);
    await look();
    await look();
    expect(told).toHaveLength(2 * count - 1);
    expect(told.at(-1)).toContain(world.stateFile);
    renameSync(`${world.stateFile}.away`, world.stateFile);
    await look();
    await look();
    expect(told).toHaveLength(2 * count);
    expect(told.at(-1)).toBe('back');
  }
});

test('a state that another process holds for long is not lost', async ({ world, watched }) => {
  world.state = { jobs: () => Promise.reject(Object.assign(new Error('busy'), { isBusy: true })) } as never;
  await watched.look();
  expect(watched.told).toEqual([]);
  world.state = { jobs: () => Promise.reject(Object.assign(new Error('gone'), { isBusy: false })) } as never;
  await watched.look();
  expect(watched.told).toEqual(['gone']);
  world.state = { close: async () => undefined } as never;
});

test('nobody looks when it is over', async ({ watched }) => {
  watched.unwatch();
  expect(vi.getTimerCount()).toBe(0);
});
