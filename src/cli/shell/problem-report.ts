import { formatProblem, inOrder, type Painter, type Problem } from '../../config/problem.ts';
import { counted, grouped } from '../../words/counts.ts';
import type { Terminal } from './terminal.ts';

/** How many mistakes are shown with the lines they stand in; of the others one line each is told. */
const MOST_EXCERPTS = 20;

/** All mistakes by file, each with its place, and last how many there are; nothing when there are none. */
export function problemReport(problems: readonly Problem[], style: Terminal['tellStyle']): string {
  if (problems.length === 0) return '';
  const files = Map.groupBy(inOrder(problems), ({ file }) => file);
  const lines: string[] = [];
  let excerpts = MOST_EXCERPTS;
  for (const [file, own] of files) {
    const isRoomy = files.size > 1 && excerpts > 0;
    // A line that stands for itself already begins with its file.
    if (isRoomy || (files.size > 1 && own.length > 1)) {
      lines.push(style('bold', `${file}: ${totalOf(own)}`));
    }
    for (const problem of own) {
      lines.push(formatProblem(problem, { excerpt: excerpts-- > 0, paint: painterOf(problem, style) }));
    }
    if (isRoomy) lines.push('');
  }
  const [total, where] = [totalOf(problems), files.size === 1 ? 'file' : 'files'];
  return `${[...lines, style('bold', `${total} in ${grouped(files.size)} ${where}`)].join('\n')}\n`;
}

/** `3 mistakes, 1 warning` */
function totalOf(problems: readonly Problem[]): string {
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  const mistakes = problems.length - warnings;
  return [
    ...(mistakes > 0 ? [counted(mistakes, 'mistake')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ].join(', ');
}

function painterOf({ severity }: Problem, style: Terminal['tellStyle']): Painter {
  const color = severity === 'warning' ? 'yellow' : 'red';
  const styles = { place: 'bold', severity: color, excerpt: 'dim', carets: color } as const;
  return (part, text) => style(styles[part], text);
}
