import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import { jsonText } from '../shell/json.ts';
import type { Setting } from '../shell/setting.ts';
import { withState } from '../wiring.ts';
import { type LetterSelection, selectLetters } from './select.ts';
import { letterJson, letterTable, letterText } from './text.ts';

export interface LetterFlags {
  readonly json?: boolean;
}

type Names = readonly (string | undefined)[];

/** `dead-letters list`: one line for each. */
export async function listLetters(names: Names, flags: LetterFlags, setting: Setting): Promise<ExitCode> {
  const { terminal } = setting;
  const { letters } = await selected(names, setting);
  if (flags.json === true) {
    await terminal.print(jsonText(letters.map((letter) => letterJson(letter, false))));
  } else if (letters.length === 0) terminal.tell('there are no dead letters\n');
  else await terminal.print(letterTable(letters, terminal));
  return EXIT.success;
}

/** `dead-letters show`: everything of each. */
export async function showLetters(names: Names, flags: LetterFlags, setting: Setting): Promise<ExitCode> {
  const { config, terminal } = setting;
  const { letters } = await selected(names, setting);
  if (flags.json === true) {
    await terminal.print(jsonText(letters.map((letter) => letterJson(letter, true))));
    return EXIT.success;
  }
  if (letters.length === 0) terminal.tell('there are no dead letters\n');
  for (const [index, letter] of letters.entries()) {
    await terminal.print(`${index === 0 ? '' : '\n'}${letterText(letter, config, terminal)}`);
  }
  return EXIT.success;
}

const selected = (names: Names, setting: Setting): Promise<LetterSelection> =>
  withState(setting.config, (state) => selectLetters(names, state, setting));
