import type { Case } from './cases.ts';

/** A text in single quotes, for bash and zsh. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A pattern of bash and zsh: the text as it is, but for a star at its beginning or end. */
const pattern = (text: string): string => {
  const [, before, middle = '', after] = /^(\*?)(.*?)(\*?)$/s.exec(text) ?? [];
  return `${before}${middle === '' && text !== '' ? '' : quoted(middle)}${after}`;
};

/** The lines of a `case` of bash and zsh. */
export function shellCase<T>(
  subject: string,
  cases: readonly Case<T>[],
  body: (value: T) => string,
): readonly string[] {
  const lines = cases.map(({ texts, value }) => `  ${texts.map(pattern).join('|')}) ${body(value)} ;;`);
  return [`case ${subject} in`, ...lines, 'esac'];
}

/** Lines with each one further to the right by `depth` steps of two blanks. */
export const indented = (lines: readonly string[], depth: number): string =>
  lines.map((line) => `${'  '.repeat(depth)}${line}`.trimEnd()).join('\n');
