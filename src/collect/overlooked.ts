import type { Query } from '../model/query.ts';
import type { Source, SourceFinding } from '../model/source.ts';
import type { RunContext } from './run-context.ts';

/** Milliseconds. Without an index a table is read once more, and what comes of it is but a warning. */
const PATIENCE = 10_000;

/**
 * What of the rows that a query reads its comparisons do not meet because of how values are stored; nothing
 * when that cannot be found out, or not soon. Never throws. @param withTexts also how texts are written, of
 * some rows
 */
export async function overlookedBy(
  query: Query,
  source: Source,
  withTexts: boolean,
  signal: AbortSignal,
): Promise<readonly SourceFinding[]> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  return source.overlooked(query, withTexts, patience).catch(() => []);
}

/** Tells it of what a run has collected. */
export async function tellOverlooked({ run, route, signals }: RunContext, query: Query): Promise<void> {
  const findings = await overlookedBy(query, route.source, run.counts.rows === 0, signals.read);
  for (const finding of findings) run.tell({ kind: 'rows-overlooked', finding });
}
