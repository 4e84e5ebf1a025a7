import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { test as base, expect, vi } from 'vitest';
import { watchFiles } from '../../src/daemon/watch-files.ts';

const QUIET = 500;

/** A folder with a configuration that is watched, by a clock of its own. */
class Watched {
  readonly folder = mkdtempSync(join(tmpdir(), 'pp-watched-'));
  readonly collectors = join(this.folder, 'collectors');
  changes = 0;
  /** How often something was noticed. */
  notices = 0;
  readonly unwatch: () => void;

  constructor() {
    this.#countTimers();
    mkdirSync(join(this.collectors, 'below'), { recursive: true });
    for (const name of ['config.yaml', 'collectors/a.yaml', 'collectors/below/b.yaml', 'elsewhere.yaml'])
      this.write(name, 'one');
    const file = join(this.folder, 'config.yaml');
    const files = [file, join(this.folder, '.env')];
    this.unwatch = watchFiles(files, this.collectors, () => (this.changes += 1));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Waits until what was done is noticed, and then for quiet. */
  async noticed(): Promise<void> {
    await this.noticedAgain(0);
    vi.advanceTimersByTime(QUIET);
  }

  async noticedAgain(before: number): Promise<void> {
    while (vi.getTimerCount() === 0 || this.notices === before) await wait(5);
  }

  /** Until the real timers are back. */
  #countTimers(): void {
    const { setTimeout: start } = globalThis;
    const counted = (...timer: Parameters<typeof start>) => {
      this.notices += 1;
      return start(...timer);
    };
    globalThis.setTimeout = Object.assign(counted, start);
  }
}

const test = base.extend<{ watched: Watched }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
  watched: async ({}, use) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const watched = new Watched();
    await use(watched);
    watched.unwatch();
    rmSync(watched.folder, { recursive: true });
    vi.useRealTimers();
  },
});

test.for<[string, (watched: Watched) => void]>([
  ['config.yaml', (watched) => watched.write('config.yaml', 'two two')],
  ['a .env that is new', (watched) => watched.write('.env', 'TOKEN=x')],
  ['a job file', (watched) => watched.write('collectors/a.yaml', 'two two')],
  ['a job file by one of the same length', (watched) => watched.write('collectors/a.yaml', 'two')],
  ['a file in a folder below', (watched) => watched.write('collectors/below/b.yaml', 'two two')],
  ['a new file', (watched) => watched.write('collectors/c.yaml', 'one')],
  ['a file that is gone', ({ collectors }) => rmSync(join(collectors, 'below/b.yaml'))],
  ['the time of a file', ({ collectors }) => utimesSync(join(collectors, 'a.yaml'), 1, 1)],
  [
    'a file by another one of the same time and size',
    ({ folder, collectors }) => {
      const [from, to] = [join(folder, 'elsewhere.yaml'), join(collectors, 'a.yaml')];
      utimesSync(from, 1, 1);
      renameSync(from, to);
    },
  ],
  [
    'a link in the place of a file',
    ({ folder, collectors }) => {
      rmSync(join(collectors, 'a.yaml'));
      symlinkSync(join(folder, 'elsewhere.yaml'), join(collectors, 'a.yaml'));
    },
  ],
  ['a link that leads nowhere', ({ collectors }) => symlinkSync('nowhere', join(collectors, 'c.yaml'))],
  ['config.yaml that is gone', ({ folder }) => rmSync(join(folder, 'config.yaml'))],
])('a change of %s is told once', async ([, change], { watched }) => {
  change(watched);
  await watched.noticed();
  expect(watched.changes).toBe(1);
});

test('changes in a row are told once, when it is quiet', async ({ watched }) => {
  watched.write('config.yaml', 'two two');
  await watched.noticedAgain(0);
  vi.advanceTimersByTime(QUIET - 1);
  expect(watched.changes).toBe(0);
  const { notices } = watched;
  watched.write('collectors/a.yaml', 'two two');
  await watched.noticedAgain(notices);
  vi.advanceTimersByTime(QUIET - 1);
  expect(watched.changes).toBe(0);
  vi.advanceTimersByTime(1);
  expect(watched.changes).toBe(1);
});

test('what changes beside the files is not told, nor what was there only for a moment', async ({
  watched,
}) => {
  watched.write('state.sqlite', 'state');
  await watched.noticed();
  const { notices } = watched;
  watched.write('collectors/below/.b.yaml.swp', 'an editor works');
  await watched.noticedAgain(notices);
  rmSync(join(watched.collectors, 'below/.b.yaml.swp'));
  vi.advanceTimersByTime(QUIET);
  expect(watched.changes).toBe(0);
  watched.write('config.yaml', 'two two');
  await watched.noticed();
  expect(watched.changes).toBe(1);
});

test('a folder that is gone and comes back is told both times', async ({ watched }) => {
  renameSync(watched.collectors, `${watched.collectors}-away`);
  await watched.noticed();
  expect(watched.changes).toBe(1);
  renameSync(`${watched.collectors}-away`, watched.collectors);
  await watched.noticed();
  expect(watched.changes).toBe(2);
});

test('after its end nothing is told, not even what was noticed before', async ({ watched }) => {
  watched.write('config.yaml', 'two two');
  await watched.noticedAgain(0);
  watched.unwatch();
  expect(vi.getTimerCount()).toBe(0);
  const witness = watch(watched.folder);
  watched.write('config.yaml', 'three three');
  await once(witness, 'change');
  witness.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(watched.changes).toBe(0);
});
