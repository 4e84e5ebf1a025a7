import { type Document, isScalar, type Scalar, visit, type YAMLError } from 'yaml';
import { type Complaint, type Finding, findingAt } from '../finding.ts';
import { hideSecretLines } from './secret-keys.ts';
import type { SourceFile } from './source-file.ts';

/** What YAML itself has to say about a file, in the words of somebody who writes one. Values are never repeated. */

const CONTROL_CHARACTER = /(?![\t\n\r\x85])\p{Cc}/u;

const BY_CODE: Readonly<Record<string, readonly [message: string, suggestion?: string]>> = {
  BAD_DQ_ESCAPE: [
    'expected an escape such as \\n or \\" after the backslash, got another one',
    "put single quotes ('…') around a text with backslashes",
  ],
  BAD_INDENT: [
    'expected the same indentation as the lines around it, got another one',
    'begin the line in the column of its neighbours; close every { and [',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'expected one value, got a second ": " in the line',
    'put quotes around a value that contains ": "; write a query as a block after "query: |"',
  ],
  MULTIPLE_DOCS: [
    'expected one YAML document in the file, got a second one',
    'remove the line with --- or ...',
  ],
  MULTILINE_IMPLICIT_KEY: [
    'expected a key on one line, got one over several',
    'look for a missing ":" or quote',
  ],
  RESOURCE_EXHAUSTION: ['expected at most 100 levels of nesting, got more'],
  TAB_AS_INDENT: ['expected spaces at the beginning of the line, got a tab', 'indent with spaces'],
};

/** The mistakes of a document that was read with `uniqueKeys: false` and `prettyErrors: false`: one per line. */
export function syntaxFindings(file: SourceFile, document: Document.Parsed): Finding[] {
  const findings = forbidden(file, document) ?? mistakes(file, document);
  if (findings.length > 0) hideSecretLines(file);
  return findings;
}

function forbidden(file: SourceFile, document: Document.Parsed): Finding[] | undefined {
  const control = CONTROL_CHARACTER.exec(file.text);
  if (control !== null) return [syntaxFindingAt(file, control.index, controlCharacter)];
  const directive = /^%\w/m.exec(file.text);
  const { yaml, tags } = document.directives;
  const isDirected = yaml.explicit === true || Object.keys(tags).length > 1;
  return directive !== null && isDirected
    ? [syntaxFindingAt(file, directive.index, directiveLine)]
    : undefined;
}

function mistakes(file: SourceFile, document: Document.Parsed): Finding[] {
  const byLine = new Map<number, Finding>();
  for (const error of [...document.errors, ...document.warnings]) {
    if (error.code === 'TAG_RESOLVE_FAILED') continue;
    const start = startOf(file, document, error);
    const complaint = explain(file, error, start);
    const { line } = file.position(start);
    // One mistake makes YAML stumble many times: what nobody can explain after it is its echo.
    if (byLine.has(line) || (complaint === undefined && byLine.size > 0)) continue;
    byLine.set(line, syntaxFindingAt(file, start, complaint ?? unexplained(error)));
  }
  return [...byLine.values()];
}

const directiveLine: Complaint = {
  code: 'yaml-syntax',
  message: 'expected YAML 1.2 without directives, got a line that starts with %',
  suggestion: 'remove the line',
};

const controlCharacter: Complaint = {
  code: 'yaml-syntax',
  message: 'expected text, got a control character',
  suggestion: 'write it as an escape in double quotes, e.g. "\\x1b"',
};

function syntaxFindingAt(file: SourceFile, start: number, complaint: Complaint): Finding {
  return findingAt({ file, start, end: start + 1 }, [], complaint);
}

function explain(file: SourceFile, error: YAMLError, start: number): Complaint | undefined {
  const [message, suggestion] = special(file, error, start) ?? BY_CODE[error.code] ?? [];
  return message === undefined ? undefined : { code: 'yaml-syntax', message, suggestion };
}

const unexplained = ({ code }: YAMLError): Complaint => ({
  code: 'yaml-syntax',
  message: `expected YAML, got something else (${code})`,
  suggestion: 'put quotes around the value',
});

function special(file: SourceFile, error: YAMLError, start: number): readonly [string, string?] | undefined {
  const first = file.text[start] ?? '';
  if (isStarred(error)) return ['expected a value in quotes, got an unquoted *', quoted(file, start)];
  if (error.code === 'BAD_SCALAR_START') {
    return [`expected a value in quotes, got one that starts with ${first}`, quoted(file, start)];
  }
  if (/\$\{/.test(lineAround(file, start)) && /[{[]/.test(lineAround(file, start).replaceAll('${', ''))) {
    return ['expected quotes around ${…} inside { } or [ ], got it without', 'write "${NAME}"'];
  }
  if (error.code !== 'MISSING_CHAR') return undefined;
  if (/closing/.test(error.message))
    return ['expected a closing quote, got none', `add the ${first} that ends the text`];
  if (/Implicit map keys/.test(error.message)) {
    return ['expected "key: value", got a line without ": "', 'write a colon and a blank after the key'];
  }
  return ['expected a comma between the values of a list or mapping, got none'];
}

const isStarred = (error: YAMLError): boolean =>
  error.code === 'BAD_ALIAS' ||
  (error.code === 'UNEXPECTED_TOKEN' && error.message.includes('Unexpected alias'));

/** Shows how to write the value where it cannot be a secret. */
function quoted(file: SourceFile, start: number): string {
  const [, value] = /^\s*schedule:\s+([\d\s*/,A-Za-z@-]+?)\s*$/.exec(lineAround(file, start)) ?? [];
  return value === undefined ? 'put quotes around the value' : `put quotes around it: schedule: "${value}"`;
}

function lineAround(file: SourceFile, offset: number): string {
  const [start, end] = file.line(file.position(offset).line) ?? [0, 0];
  return file.text.slice(start, end);
}

/** Where the wrong value begins; YAML reports where it noticed. */
function startOf(file: SourceFile, document: Document.Parsed, error: YAMLError): number {
  const [noticed] = error.pos;
  if (/closing/.test(error.message)) return openQuote(document, noticed) ?? noticed;
  if (!isStarred(error) && error.code !== 'BLOCK_AS_IMPLICIT_KEY') return noticed;
  const line = lineAround(file, noticed);
  const value = /^[\s-]*[^\s:][^:]*:\s+/.exec(line)?.[0].length ?? 0;
  return Math.min(noticed, noticed - file.position(noticed).column + 1 + value);
}

function openQuote(document: Document.Parsed, noticed: number): number | undefined {
  let open: Scalar | undefined;
  visit(document, {
    Scalar: (_, node) => {
      const [start = 0] = node.range ?? [];
      if (isScalar(node) && node.type?.startsWith('QUOTE') && start <= noticed) open = node;
    },
  });
  return open?.range?.[0];
}
