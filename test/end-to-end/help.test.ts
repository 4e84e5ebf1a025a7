import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { Workplace } from '../support/program.ts';

const program = createProgram(() => undefined);

const below = (command: Command): Command[] => command.commands.flatMap((each) => [each, ...below(each)]);

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (piece) => (text += piece) }).outputHelp();
  return text;
}

const commands = below(program).map((command) => [command.name(), command] as const);

test('all commands are walked', () => {
  expect(commands.length).toBeGreaterThan(10);
});

test.each(commands)('the help of %s has an example and says what each option is for', (_, command) => {
  expect(helpOf(command)).toMatch(/\nExamples?:\n {2}\$ .*pp-db-collector /);
  expect(command.description()).not.toBe('');
  for (const option of command.options) expect(option.description, option.flags).not.toBe('');
});

test('a mistyped command, schema and shell are answered with the nearest', async () => {
  const workplace = new Workplace();
  const [command, schema, shell, far] = await Promise.all([
    workplace.run(['chekc']),
    workplace.run(['schema', 'confg']),
    workplace.run(['completion', 'bsh']),
    workplace.run(['completion', 'powershell']),
  ]);
  workplace.remove();
  expect(command).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean check?') });
  expect(schema).toMatchObject({
    code: 2,
    stderr: 'there is no schema "confg"\n  → Did you mean config?\n',
  });
  expect(shell).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean bash?') });
  expect(far).toMatchObject({
    code: 2,
    stderr: 'there is no completion for "powershell"\n  → Name bash, zsh or fish.\n',
  });
});
