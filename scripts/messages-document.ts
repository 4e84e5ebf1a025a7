import { CATALOGUES, type CodeExplanation, type Part } from '../src/cli/explain/explain.ts';

const INTRODUCTION = `<!-- made by npm run generate; do not change it here -->

# Messages

What the codes mean that pp-db-collector writes, and what to do. \`pp-db-collector explain CODE\` says the same on the command line.
Every line of the log carries a \`code\`; the exit codes are those of every command but \`send\`; \`check\` names the kinds of mistakes in
configuration files. A code never changes its meaning.
`;

/** The text of docs/messages.md: all catalogues. */
export function messagesDocument(): string {
  const catalogues = CATALOGUES.map(
    ({ title, explanations }) => `## ${title}\n\n${explanations.map(sectionOf).join('\n')}`,
  );
  return [INTRODUCTION, ...catalogues].join('\n');
}

function sectionOf({ code, title, meaning, parts }: CodeExplanation): string {
  return `### ${code}: ${title}\n\n${escaped(meaning)}\n\n${parts.map(partOf).join('\n')}`;
}

function partOf({ heading, lines, form }: Part): string {
  if (form === 'verbatim') return `${heading}:\n\n\`\`\`yaml\n${lines.join('\n')}\n\`\`\`\n`;
  if (form === 'list') return `${heading}:\n\n${lines.map((line) => `- ${escaped(line)}\n`).join('')}`;
  return `${heading}: ${lines.map(escaped).join(' ')}\n`;
}

/** Markdown would take these for emphasis; what stands between back quotes is code already. */
const escaped = (text: string): string =>
  text.replace(/`[^`]*`|[_*]/g, (match) => (match.length > 1 ? match : `\\${match}`));
