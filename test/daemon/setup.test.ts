import { expect, test } from 'vitest';
import type { Config, Job } from '../../src/config/config.ts';
import { Setup } from '../../src/daemon/setup.ts';

/** A setup whose stations are closed when the test lets them be, and what has become of it. */
function setupOf() {
  const events: string[] = [];
  const closed = Promise.withResolvers<void>();
  const stations = {
    routeOf: () => {
      throw new Error('nothing is routed');
    },
    close: () => {
      events.push('closed');
      return closed.promise;
    },
  };
  const jobs = ['a', 'b'].map((name) => ({ name }) as Job);
  const setup = new Setup({ jobs } as unknown as Config, [], stations);
  return { setup, stations, events, closed };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('jobs are found by their names', () => {
  const { jobs, config } = setupOf().setup;
  expect([...jobs.keys()]).toEqual(['a', 'b']);
  expect(jobs.get('b')).toBe(config.jobs[1]);
});

test('what is opened stays open while nobody uses it, until it is retired', async () => {
  const { setup, stations, events, closed } = setupOf();
  expect(await setup.use(async (given) => given)).toBe(stations);
  await turn();
  expect(events).toEqual([]);
  const retired = setup.retire().then(() => events.push('retired'));
  expect(events).toEqual(['closed']);
  await turn();
  expect(events).toEqual(['closed']);
  closed.resolve();
  await retired;
  expect(events).toEqual(['closed', 'retired']);
});

test('what is retired is closed once the last of its users is done, whether well or not', async () => {
  const { setup, events, closed } = setupOf();
  closed.resolve();
  const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const first = setup.use(() => one.promise);
  const second = setup.use(() => other.promise);
  const retired = setup.retire();
  one.resolve();
  await first;
  await turn();
  expect(events).toEqual([]);
  other.reject(new Error('failed'));
  await expect(second).rejects.toThrow('failed');
  await retired;
  expect(events).toEqual(['closed']);
});

test('that closing fails is told to who retires it', async () => {
  const { setup, closed } = setupOf();
  closed.reject(new Error('cannot be closed'));
  await expect(setup.retire()).rejects.toThrow('cannot be closed');
});
