import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import { Workplace } from '../support/program.ts';

const TEXT = readFileSync(resolve(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
const CONFIG = `
write_api: { url: https://www.performance.service.gov.uk }
databases: { benefits: { client: pg, connection: postgres://reader@localhost/benefits } }
`;

/** The jobs that the document shows whole, by their modes. */
const JOBS = ['window', 'cursor', 'snapshot'].map((mode) => {
  const blocks = [...TEXT.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);
  return [mode, blocks.find((block) => block.includes(`\n${mode}:\n`)) ?? ''] as const;
});

describe('docs/configuration.md', () => {
  let workplace: Workplace;

  beforeEach(() => {
    workplace = new Workplace();
  });

  afterEach(() => workplace.remove());

  test.each(JOBS)('shows a %s job that loads as it stands', (mode, job) => {
    workplace.write('config.yaml', CONFIG);
    workplace.write('collectors/shown.yaml', job);
    const { config, problems } = loadConfig('config.yaml', {
      environment: { CARERS_ALLOWANCE_TOKEN: 'secret' },
      currentDirectory: workplace.folder,
    });
    expect(problems).toEqual([]);
    expect(config?.jobs).toMatchObject([
      { [mode]: parse(job)[mode].period ? { period: parse(job)[mode].period } : {} },
    ]);
  });

  test.each([
    ['write_api.url', 'required'],
    ['data_set.token', 'required'],
    ['state.file', 'one of `file`, `url`, `memory`; `state/collector.sqlite`'],
    ['state.memory', 'one of `file`, `url`, `memory`'],
    ['window', 'one of `window`, `cursor`, `snapshot`'],
    ['window.period', 'required in `window`'],
    ['query_file', 'one of `query`, `query_file`'],
    ['databases.NAME.connection', 'required'],
    ['databases.NAME.connection.host', 'one of `host`, `filename`'],
    ['record.timestamp.column', 'required in `timestamp`'],
    ['record.fields.NAME.column', 'one of `value`, `column`'],
    ['data_sets[].token', 'one of `token`, `token_sha256`'],
  ])('says of %s when it is needed: %s', (key, needed) => {
    const row = TEXT.split('\n').find((line) => line.startsWith(`| \`${key}\` |`));
    expect(row?.split(' | ')[2]).toBe(needed);
  });

  test('leads with its links to headings that there are', () => {
    const links = [...TEXT.matchAll(/\]\(([\w.-]+\.md)#([\w-]+)\)/g)];
    expect(links.length).toBeGreaterThan(0);
    for (const [, file = '', anchor] of links) {
      const document = readFileSync(join(import.meta.dirname, '../../docs', file), 'utf8');
      const anchors = [...document.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      expect(anchors, file).toContain(anchor);
    }
  });
});
