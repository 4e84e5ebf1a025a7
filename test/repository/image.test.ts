import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { OUTSIDE } from '../../scripts/outside.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { Workplace } from '../support/program.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const PACKAGE = JSON.parse(read('package.json'));

/** The steps of the Dockerfile, each in one line. */
const STEPS = read('Dockerfile')
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .map((line) => line.trim().replaceAll(/\s+/g, ' '))
  .filter(Boolean);

const stepsOf = (instruction: string) =>
  STEPS.filter((step) => step.startsWith(`${instruction} `)).map((step) =>
    step.slice(instruction.length + 1),
  );

/** The steps of the last stage, which is the image. */
const IMAGE = STEPS.slice(STEPS.findLastIndex((step) => step.startsWith('FROM ')));

describe('the Dockerfile', () => {
  test('copies what there is, and what those who build it are handed', () => {
    const sources = stepsOf('COPY')
      .filter((step) => !step.includes('--from='))
      .flatMap((step) => step.split(' ').slice(0, -1));
    expect(sources.length).toBeGreaterThan(5);
    const handed = read('.dockerignore').split('\n');
    expect(handed).toContain('*');
    for (const source of sources) {
      expect(existsSync(join(ROOT, source)), source).toBe(true);
      expect(handed).toContain(`!${source}`);
    }
  });

  test('copies from stages that there are', () => {
    const stages = stepsOf('FROM').flatMap((step) => / AS (\w+)$/.exec(step)?.[1] ?? []);
    const used = stepsOf('COPY').flatMap((step) => /--from=(\S+)/.exec(step)?.[1] ?? []);
    expect(used.length).toBeGreaterThan(0);
    for (const stage of used) expect(stages).toContain(stage);
  });

  test('takes bases by their digests, and the Node.js that package.json is developed with', () => {
    const stages = stepsOf('FROM').map((step) => step.split(' ')[0] ?? '');
    const bases = stages.filter((each) => /[:/]/.test(each));
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
    expect(bases[0]).toMatch(new RegExp(`^node:${PACKAGE.devDependencies.node.replaceAll('.', '\\.')}-`));
  });

  test('runs no script of a package and takes production dependencies only', () => {
    const installing = stepsOf('RUN').filter((step) => /npm (ci|install|prune)/.test(step));
    expect(installing.length).toBeGreaterThan(0);
    for (const step of installing)
      for (const [command] of step.matchAll(/npm (?:ci|install|prune)[^&]*/g))
        expect(command).toContain('--ignore-scripts');
    expect(installing.join(' && ')).toContain('npm prune --omit=dev');
  });

  test('starts the daemon by a number that is not root, at its port', () => {
    expect(IMAGE).toContain('USER 1000:1000');
    expect(IMAGE).toContain('ENTRYPOINT ["pp-db-collector"]');
    expect(IMAGE).toContain('CMD ["start"]');
    const workplace = new Workplace();
    workplace.write(
      'config.yaml',
      'write_api: { url: "https://api.example" }\ndatabases: { a: { client: pg, connection: "postgres://a@b/c" } }\n',
    );
    workplace.write('collectors/.keep', '');
    const { config } = loadConfig('config.yaml', { environment: {}, currentDirectory: workplace.folder });
    workplace.remove();
    expect(IMAGE).toContain(`EXPOSE ${config?.http.listen?.port}`);
  });

  test('leaves nothing behind after each run, and starts nothing beside the program', () => {
    expect(STEPS.filter((step) => /^(VOLUME|HEALTHCHECK)\b/.test(step))).toEqual([]);
  });

  test('holds no secret', () => {
    expect(
      STEPS.filter((step) => /^(ARG|ENV)\b.*(token|password|secret|_auth|:\/\/[^ ]*@)/i.test(step)),
    ).toEqual([]);
    expect(read('.npmrc')).not.toMatch(/_auth|password|token/i);
  });

  test('says what the image is as package.json does, and the workflow the rest', () => {
    const labels = Object.fromEntries(
      [
        ...stepsOf('LABEL')
          .join(' ')
          .matchAll(/org\.opencontainers\.image\.(\w+)="([^"]*)"/g),
      ].map(([, name, value]) => [name, value]),
    );
    const { name: title, description, license: licenses } = PACKAGE;
    expect(labels).toEqual({ title, description, licenses });
    const workflow = read('.github/workflows/release.yaml');
    for (const name of ['version', 'revision', 'source', 'created'])
      expect(workflow).toContain(`org.opencontainers.image.${name}=`);
  });
});

test('what stays outside of the build is a dependency of the package', () => {
  expect(OUTSIDE.filter((name) => !(name in PACKAGE.dependencies))).toEqual([]);
});

describe('what is left out of the image', () => {
  const workplace = new Workplace();
  afterAll(() => workplace.remove());

  test('is what the built program does not open, but never a licence or the name of a package', () => {
    const files = (...names: string[]) => {
      for (const name of names) workplace.write(name, '{}');
    };
    files('dist/main.js', 'dist/main.js.map', 'dist/pages.css');
    workplace.write(
      'node_modules/pg/package.json',
      '{ "name": "pg", "dependencies": { "pg-types": "4.0.0" } }',
    );
    files(
      ...['lib/index.js', 'lib/index.js.map', 'lib/index.d.ts', 'lib/test/used.js', 'test/index.js'].map(
        (name) => `node_modules/pg/${name}`,
      ),
    );
    files('node_modules/pg/LICENSE.md', 'node_modules/pg/README.md');
    files(
      'node_modules/pg/node_modules/pg-types/package.json',
      'node_modules/pg/node_modules/pg-types/index.js',
    );
    files('node_modules/zod/package.json', 'node_modules/zod/license', 'node_modules/zod/lib/index.js');
    files('node_modules/@scope/bundled/package.json', 'node_modules/@scope/bundled/index.js');
    workplace.write('node_modules/better-sqlite3/package.json', '{ "name": "better-sqlite3" }');
    files(
      ...[`linux-${process.arch}`, 'win32-x64'].map(
        (name) => `node_modules/better-sqlite3/prebuilds/${name}.node`,
      ),
    );
    files('node_modules/better-sqlite3/lib/index.js', 'node_modules/better-sqlite3/src/addon.cpp');

    execFileSync(process.execPath, [join(ROOT, 'scripts/image/leave-out.ts'), workplace.folder]);

    const left = globSync('**/*', { cwd: workplace.folder, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => relative(workplace.folder, join(file.parentPath, file.name)));
    expect(left.sort()).toEqual([
      'dist/main.js',
      'dist/pages.css',
      'node_modules/@scope/bundled/package.json',
      'node_modules/better-sqlite3/lib/index.js',
      'node_modules/better-sqlite3/package.json',
      `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`,
      'node_modules/pg/LICENSE.md',
      'node_modules/pg/lib/index.js',
      'node_modules/pg/lib/test/used.js',
      'node_modules/pg/node_modules/pg-types/index.js',
      'node_modules/pg/node_modules/pg-types/package.json',
      'node_modules/pg/package.json',
      'node_modules/zod/license',
      'node_modules/zod/package.json',
    ]);
  });
});

describe('the health check of the image', () => {
  let server: Server | undefined;

  afterEach(() => server?.close());

  async function answering(status: number): Promise<number> {
    server = createServer((request, response) => {
      response.statusCode = request.url === '/healthz' ? status : 404;
      response.end('text');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** The exit code. */
  const check = (address: string) =>
    promisify(execFile)(join(ROOT, 'scripts/image/healthcheck'), [address]).then(
      () => 0,
      ({ code }: { code: number }) => code,
    );

  test('ends with 0 when the answer is 200', async () => {
    expect(await check(`${await answering(200)}/healthz`)).toBe(0);
  });

  test('ends with 1 when the answer is another', async () => {
    const port = await answering(503);
    expect([await check(`${port}/healthz`), await check(`${port}/nowhere`)]).toEqual([1, 1]);
  });

  test('ends with 1 when nobody answers', async () => {
    const port = await answering(200);
    await new Promise((closed) => server?.close(closed));
    expect(await check(`${port}/healthz`)).toBe(1);
  });
});
