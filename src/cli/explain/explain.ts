import { nearestName } from '../../config/nearest-name.ts';
import { UsageError } from '../shell/errors.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';
import { CATALOGUES, type Explanation, type Part } from './explanations.ts';

const WIDTH = 100;

/** `explain`: what a code of the log, an exit code or the code of a mistake means, and what to do. */
export async function explain(code: string, terminal: Terminal): Promise<ExitCode> {
  await terminal.print(shown(find(code), terminal));
  return EXIT.success;
}

function find(code: string): Explanation {
  const found = CATALOGUES.flatMap(({ explanations }) => explanations).find(
    (each) => each.code.toLowerCase() === code.toLowerCase(),
  );
  if (found !== undefined) return found;
  const nearest = nearestName(code, CATALOGUES.flatMap(codesOf));
  const lists = CATALOGUES.map((catalogue) => `\n    ${catalogue.title}: ${codesOf(catalogue).join(', ')}`);
  const guess = nearest === undefined ? '' : `Did you mean ${nearest}? `;
  throw new UsageError(
    `there is no message ${JSON.stringify(code)}`,
    `${guess}The codes are:${lists.join('')}`,
  );
}

const codesOf = ({ explanations }: (typeof CATALOGUES)[number]): string[] =>
  explanations.map(({ code }) => code);

function shown({ code, title, meaning, parts }: Explanation, terminal: Terminal): string {
  const head = `${terminal.style('bold', /^\d+$/.test(code) ? `exit code ${code}` : code)}: ${title}`;
  const below = parts.map(
    (part) => `\n${terminal.style('bold', part.heading)}\n${linesOf(part).join('\n')}\n`,
  );
  return `${head}\n\n${wrapped(meaning, '').join('\n')}\n${below.join('')}`;
}

function linesOf({ lines, form }: Part): string[] {
  if (form === 'verbatim') return lines.map((line) => `  ${line}`);
  return lines.flatMap((line) =>
    (form === 'list' ? wrapped(line, '- ') : wrapped(line, '')).map((each) => `  ${each}`),
  );
}

/** Lines of at most WIDTH characters; the second and later ones stand under the text of the first. */
function wrapped(text: string, mark: string): string[] {
  const lines: string[] = [];
  let line = mark.trimEnd();
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH - 2) {
      lines.push(line);
      line = ' '.repeat(Math.max(0, mark.length - 1));
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
