import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Outcome } from './scaling/outcome.ts';
import { outcomeTable, waitingDrawing } from './scaling/page.ts';

/**
 * Prints the table of docs/scaling.md and draws its chart: `npm run bench:scaling -- FILE…`, what
 * `npm run bench:simulate` wrote.
 */
const files = process.argv.slice(2);
if (files.length === 0) throw new Error('npm run bench:scaling -- FILE…');
const outcomes = files.flatMap(
  (file) => (JSON.parse(readFileSync(file, 'utf8')) as { readonly outcomes: readonly Outcome[] }).outcomes,
);
process.stdout.write(outcomeTable(outcomes));
const folder = resolve(import.meta.dirname, '../docs/scaling');
mkdirSync(folder, { recursive: true });
const drawn = outcomes.filter(
  ({ scenario }) => scenario.replicas === 30 && scenario.maxConcurrentRuns === 120,
);
writeFileSync(join(folder, 'waiting.svg'), waitingDrawing(drawn));
