import { PROBLEM_KINDS, type ProblemKind } from '../../config/problem-codes.ts';
import { MESSAGES } from '../../observe/messages/catalogue.ts';
import type { Message } from '../../observe/messages/message.ts';
import { EXIT_CODE_MEANINGS } from './exit-code-meanings.ts';

/** What is known about one code. */
export interface Explanation {
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
  ({ code, level, text, meaning, causes, action, safeToRerun }): Explanation => ({
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
  ([code, { title, meaning, action }]): Explanation => ({
    code,
    title,
    meaning,
    parts: [sentences('What to do', action)],
  }),
);

const ofProblems = Object.entries<ProblemKind>(PROBLEM_KINDS).map(
  ([code, { meaning, action, example }]): Explanation => ({
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
  readonly explanations: readonly Explanation[];
}[] = [
  { title: 'Messages of the log', explanations: ofMessages },
  { title: 'Exit codes', explanations: ofExitCodes },
  { title: 'Mistakes in configuration files', explanations: ofProblems },
];
