import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { installDebianPackage } from '../support/debian-package.ts';
import { Workplace } from '../support/program.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
const program = createProgram(() => undefined);
const visible = program.createHelp().visibleCommands(program);

let workplace: Workplace;
const scripts = new Map<string, string>();

beforeAll(async () => {
  workplace = new Workplace();
  workplace.write('bin/pp-db-collector', `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`);
  chmodSync(join(workplace.folder, 'bin/pp-db-collector'), 0o755);
  // Neither file is complete: names of jobs are offered while the files are being written.
  workplace.write('config.yaml', 'collectors: jobs\n');
  workplace.write('jobs/visits.yaml', '');
  workplace.write('jobs/deep/visitors.yml', '');
  workplace.write('jobs/Not A Name.yaml', '');
  workplace.write('jobs/defaults.yaml', '');
  workplace.write('other/config.yaml', '');
  workplace.write('other/collectors/elsewhere.yaml', '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await workplace.run(['completion', shell]);
    expect(code).toBe(0);
    scripts.set(shell, stdout);
  }
});

afterAll(() => workplace.remove());

/** What bash offers for the last of the words, with the words divided as bash divides them. */
function offered(...words: string[]): string[] {
  const line = ['pp-db-collector', ...words];
  const script = `${scripts.get('bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_pp_db_collector "$1" "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const stdout = execFileSync('bash', ['--norc', '-uc', script, 'bash', ...line], {
    cwd: workplace.folder,
    env: { PATH: [join(workplace.folder, 'bin'), process.env.PATH].join(delimiter) },
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((word) => word !== '');
}

describe('bash completes', () => {
  test('the commands that help shows, and no others', () => {
    expect(offered('')).toEqual(visible.map((command) => command.name()));
    expect(offered('j')).toEqual(['jobs']);
    expect(offered('--config', 'run', 'his')).toEqual(['history']);
  });

  test.each(program.commands.map((command) => [command.name(), command] as const))(
    'the options of %s',
    (name, command) => {
      const own = command.options.flatMap(({ long }) => (long === undefined ? [] : [long]));
      const everywhere = ['--no-color', '--help'];
      if (visible.includes(command)) {
        expect(offered(name, '--')).toEqual(expect.arrayContaining([...own, ...everywhere]));
      }
    },
  );

  test('the options of all commands only for those that take them', () => {
    expect(offered('run', '--')).toEqual(
      expect.arrayContaining(['--config', '--environment-file', '--log-level']),
    );
    expect(offered('explain', '--c')).toEqual([]);
    expect(offered('serve', '--')).not.toContain('--config');
  });

  test('values of options and arguments from their choices', () => {
    expect(offered('run', '--log-level', '')).toEqual(['trace', 'debug', 'info', 'warn', 'error']);
    expect(offered('--log-format', '=', 'p')).toEqual(['pretty']);
    expect(offered('--log-format', '=')).toEqual(['auto', 'json', 'pretty']);
    expect(offered('schema', '')).toEqual(['config', 'dashboard', 'job']);
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(offered('run', '--from', '')).toEqual([]);
  });

  test('what can be done with dead letters and the state, and to which job', () => {
    expect(offered('dead-letters', '')).toEqual(
      expect.arrayContaining(['list', 'show', 'replay', 'discard']),
    );
    expect(offered('state', 'a')).toEqual(['accept']);
    expect(offered('dead-letters', 'replay', '')).toEqual(['visitors', 'visits']);
    expect(offered('--config', 'other/config.yaml', 'state', 'set', '')).toEqual(['elsewhere']);
    expect(offered('state', 'set', 'visits', '--c')).toEqual(['--collected-to', '--cursor', '--config']);
    expect(offered('state', 'set', 'visits', '--collected-to', '')).toEqual([]);
    expect(offered('dead-letters', 'discard', 'visits', '1', '--y')).toEqual(['--yes']);
  });

  test('names of jobs, from the folder that the configuration names', () => {
    expect(offered('run', '')).toEqual(['visitors', 'visits']);
    expect(offered('run', '--from', '2015-01-01', 'visits', 'visito')).toEqual(['visitors']);
    expect(offered('--config', 'other/config.yaml', 'preview', '')).toEqual(['elsewhere']);
    expect(offered('preview', '--config', '=', 'other/config.yaml', '')).toEqual(['elsewhere']);
    expect(offered('preview', 'visits', '')).toEqual([]);
    expect(offered('--config', 'nowhere/config.yaml', 'run', '')).toEqual([]);
  });
});

/** What zsh and fish offer for the last of the words, each with its description behind a tab where it has one. */
const OFFERED: Readonly<Record<string, (...words: readonly string[]) => string[]>> = {
  zsh(...words) {
    const script = `compdef() { }; compset() { }
_describe() { print -rl -- "\${(@P)2}" | sed -e 's/\\([^\\\\]\\):/\\1\\t/' -e 's/\\\\:/:/g'; }; _files() { print -r -- files "$@"; }
${scripts.get('zsh')}
words=("$@"); CURRENT=$#; PREFIX=$words[-1]; _pp_db_collector`;
    return linesOf('zsh', ['-f', '-c', script, 'zsh', 'pp-db-collector', ...words]);
  },
  fish(...words) {
    const line = ['pp-db-collector', ...words].join(' ');
    return linesOf('fish', ['--no-config', '-c', `${scripts.get('fish')}\ncomplete -C '${line}'`]);
  },
};

function linesOf(shell: string, args: readonly string[]): string[] {
  const stdout = execFileSync(shell, args, {
    cwd: workplace.folder,
    env: { PATH: [join(workplace.folder, 'bin'), process.env.PATH].join(delimiter), HOME: workplace.folder },
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((line) => line !== '');
}

describe.each(['bash', 'zsh', 'fish'])('the script for %s', (shell) => {
  beforeAll(() => {
    if (spawnSync(shell, ['-c', 'true']).status !== 0) installDebianPackage(shell);
  });

  test('is in order for the shell itself', () => {
    workplace.write(`script.${shell}`, scripts.get(shell) ?? '');
    const { status, stderr } = spawnSync(shell, ['-n', join(workplace.folder, `script.${shell}`)], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe.each(['zsh', 'fish'])('%s completes', (shell) => {
  const offeredTo = (...words: readonly string[]) => OFFERED[shell]?.(...words) ?? [];

  test('the commands that help shows, with what each is for', () => {
    const described = visible.map((command) => `${command.name()}\t${command.description()}`);
    expect(offeredTo('').sort()).toEqual(described.sort());
    expect(offeredTo('state', '')).toContain(
      'reset\tforget where a job stands, as if it had never run; asks first',
    );
  });

  test('options, with what each is for', () => {
    const offers = offeredTo('run', '--');
    expect(offers).toContain(
      '--dry-run\tsend nothing and remember nothing; print the records, one JSON document a line',
    );
    expect(offers).toContain('--log-level\toverrides log.level');
  });

  test('the options of all commands only for those that take them', () => {
    expect(offered('run', '--')).toEqual(
      expect.arrayContaining(['--config', '--environment-file', '--log-level']),
    );
    expect(offered('explain', '--c')).toEqual([]);
    expect(offered('serve', '--')).not.toContain('--config');
  });

  test('values of options and arguments from their choices', () => {
    expect(offeredTo('--log-format', '')).toEqual(['auto', 'json', 'pretty']);
    expect(offeredTo('--log-format=')).toEqual([
      '--log-format=auto',
      '--log-format=json',
      '--log-format=pretty',
    ]);
    expect(offeredTo('schema', '')).toEqual(['config', 'dashboard', 'job']);
    expect(offeredTo('run', '--from', '')).toEqual([]);
  });

  test('names of jobs, from the folder that the configuration names', () => {
    expect(offeredTo('run', '')).toEqual(['visitors', 'visits']);
    expect(offeredTo('--config', 'other/config.yaml', 'preview', '')).toEqual(['elsewhere']);
    expect(offeredTo('--config=other/config.yaml', 'state', 'set', '')).toEqual(['elsewhere']);
    expect(offeredTo('preview', 'visits', '')).toEqual([]);
  });
});
