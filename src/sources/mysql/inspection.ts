import type { Inspection } from '../inspection.ts';

const READING_RIGHTS = new Set([
  ...['SELECT', 'USAGE', 'SHOW VIEW', 'SHOW DATABASES', 'PROCESS'],
  ...['REPLICATION CLIENT', 'BINLOG MONITOR', 'SLAVE MONITOR', 'REPLICA MONITOR'],
]);

// Without the session's zone, in which an hour comes twice when the clocks go back. Rounded down.
const CLOCK_EXPRESSION = "timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) div 1000";

export const CLOCK = `select ${CLOCK_EXPRESSION}`;
export const FACTS = `select version(), @@session.time_zone, ${CLOCK_EXPRESSION}`;
export const GRANTS = 'show grants';

/** @param facts the row that FACTS gives @param grants the rows that GRANTS gives */
export function readInspection(
  facts: readonly (string | null)[],
  grants: readonly (readonly (string | null)[])[],
): Inspection {
  const [version, zone, clock] = facts.map((fact) => fact ?? '');
  const product = version?.includes('MariaDB') ? 'MariaDB' : 'MySQL';
  return {
    version: `${product} ${/^[\d.]+/.exec(version ?? '')?.[0] ?? ''}`,
    zone: zone ?? '',
    clock: Number(clock),
    excessRights: excessRights(grants.map(([grant]) => grant ?? '')),
  };
}

/** The privileges in `GRANT a, b (columns) ON … TO …` that are not about reading. */
export function excessRights(grants: readonly string[]): readonly string[] {
  const rights = grants.flatMap((grant) => {
    const listed = /^GRANT (.*?) ON /.exec(grant)?.[1] ?? '';
    const names = listed.replace(/\([^)]*\)/g, '').split(',');
    return [...names, ...(grant.endsWith('WITH GRANT OPTION') ? ['GRANT OPTION'] : [])];
  });
  const known = new Set(rights.map((right) => right.trim()).filter((right) => right !== ''));
  return [...known].filter((right) => !READING_RIGHTS.has(right));
}
