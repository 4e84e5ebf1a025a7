import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readResult } from './figures/result-file.ts';
import type { Growth } from './growth/growth.ts';
import { seriesDrawing } from './page/charts.ts';
import { performanceDocument } from './page/document.ts';

/**
 * Writes docs/performance.md and its charts: `npm run bench:page -- GROWTH [RESULT]`, the files that `npm run bench`
 * wrote with `--growth` and without.
 */
const DOCS = resolve(import.meta.dirname, '../docs');

const [growthFile, resultFile] = process.argv.slice(2);
if (growthFile === undefined) throw new Error('npm run bench:page -- GROWTH [RESULT]');
const growth = JSON.parse(readFileSync(growthFile, 'utf8')) as Growth;

mkdirSync(join(DOCS, 'performance'), { recursive: true });
for (const series of growth.series)
  writeFileSync(join(DOCS, 'performance', `${series.name}.svg`), seriesDrawing(series));
const result = resultFile === undefined ? undefined : readResult(resultFile);
const tried = readFileSync(join(import.meta.dirname, 'page/tried.md'), 'utf8');
writeFileSync(join(DOCS, 'performance.md'), `${performanceDocument(growth, result)}${tried}`);
