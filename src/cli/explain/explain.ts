import { nearestName } from '../../config/nearest-name.ts';
import { PROBLEM_KINDS, type ProblemKind } from '../../config/problem-codes.ts';
import { MESSAGES } from '../../observe/messages/catalogue.ts';
import type { Message } from '../../observe/messages/message.ts';
import { EXIT, type ExitCode, UsageError } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';
import { EXIT_CODE_MEANINGS } from './exit-code-meanings.ts';

/** What is known about one code. */
export interface CodeExplanation {
  readonly code: string;
  readonly title: string;
  readonly meaning: string;
  readonly parts: readonly Part[];
}

/** A part below its heading: one sentence, a list, or text that is shown as it stands. */
export interface Part {
  readonly heading: string;
  readonly lines: readonly string[];
  readonly form: 'sentences' | 'list' | 'verbatim';
}

const sentences = (heading: string, text: string): Part => ({ heading, lines: [text], form: 'sentences' });

const ofMessages = Object.values<Message>(MESSAGES).map(
  ({ code, level, text, meaning, causes, action, safeToRerun }): CodeExplanation => ({
    code,
    title: `${text} (${level})`,
    meaning,
    parts: [
      ...(causes.length === 0 ? [] : [{ heading: 'Likely causes', lines: causes, form: 'list' } as const]),
      sentences('What to do', action),
      sentences('Safe to run again', safeToRerun),
    ],
  }),
);

const ofExitCodes = Object.entries(EXIT_CODE_MEANINGS).map(
  ([code, { title, meaning, action }]): CodeExplanation => ({
    code,
    title,
    meaning,
    parts: [sentences('What to do', action)],
  }),
);

const ofProblems = Object.entries<ProblemKind>(PROBLEM_KINDS).map(
  ([code, { meaning, action, example }]): CodeExplanation => ({
    code,
    title: 'a mistake in a configuration file',
    meaning,
    parts: [
      { heading: `Example, in ${example.file}`, lines: example.text.split('\n'), form: 'verbatim' },
      sentences('What to do', action),
    ],
  }),
);

/** The catalogues by what their codes are. */
export const CATALOGUES: readonly {
  readonly title: string;
  readonly explanations: readonly CodeExplanation[];
}[] = [
  { title: 'Messages of the log', explanations: ofMessages },
  { title: 'Exit codes', explanations: ofExitCodes },
  { title: 'Mistakes in configuration files', explanations: ofProblems },
];

/** `explain`: what a code of the log, an exit code or the code of a mistake means, and what to do. */
export async function explain(code: string, terminal: Terminal): Promise<ExitCode> {
  await terminal.show(explanationText(explanationOf(code), terminal));
  return EXIT.success;
}

function explanationOf(code: string): CodeExplanation {
  const explanation = CATALOGUES.flatMap(({ explanations }) => explanations).find(
    (each) => each.code.toLowerCase() === code.toLowerCase(),
  );
  if (explanation !== undefined) return explanation;
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

function explanationText({ code, title, meaning, parts }: CodeExplanation, terminal: Terminal): string {
  const head = `${terminal.style('bold', /^\d+$/.test(code) ? `exit code ${code}` : code)}: ${title}`;
  const below = parts.map(
    (part) => `\n${terminal.style('bold', part.heading)}\n${linesOf(part).join('\n')}\n`,
  );
  return `${head}\n\n${meaning}\n${below.join('')}`;
}

const linesOf = ({ lines, form }: Part): string[] =>
  lines.map((line) => `  ${form === 'list' ? '- ' : ''}${line}`);
