import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configurationFiles } from '../../src/config/configuration-files.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { systemdUnits } from '../../src/export/systemd/units.ts';
import { Workplace } from '../support/program.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MANUAL = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8');

let workplace: Workplace;

beforeEach(() => {
  workplace = new Workplace();
});

afterEach(() => workplace.remove());

describe('the config.yaml of the manual', () => {
  test('is exported as a unit of systemd, with its state and all of its credentials', () => {
    const folder = '/run/credentials/pp-db-collector.service';
    const blocks = [...MANUAL.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);
    const text = blocks.find((block) => block.includes(folder)) ?? '';
    workplace.write('config.yaml', text);
    workplace.write('collectors/.keep', '');
    const options = { environment: {}, currentDirectory: workplace.folder, standIn: 'stand-in' };
    const { config } = loadConfig('config.yaml', options);
    if (config === undefined) throw new Error('the config.yaml of the manual is wrong');
    const exportable = { config, folder: workplace.folder, files: configurationFiles(config, options) };
    const configFile = '/etc/pp-db-collector/config.yaml';
    const made = systemdUnits(exportable, { configFile, user: undefined, timers: false });
    const unit = 'value' in made ? (made.value[0]?.text ?? '') : '';
    expect(unit).toContain('\nStateDirectory=pp-db-collector\n');
    const used = [...text.matchAll(/pp-db-collector\.service\/([\w-]+)/g)].map(([, name]) => name);
    expect(used).toHaveLength(2);
    for (const name of used)
      expect(unit).toContain(`\nLoadCredential=${name}:/etc/pp-db-collector/secrets/${name}\n`);
    const grace = Number(/--grace (\d+)/.exec(unit)?.[1]);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(grace);
  });
});
