import type { Inspection } from './session.ts';

const READING_RIGHTS = new Set([
  ...['SELECT', 'USAGE', 'SHOW VIEW', 'SHOW DATABASES', 'PROCESS'],
  ...['REPLICATION CLIENT', 'BINLOG MONITOR', 'SLAVE MONITOR', 'REPLICA MONITOR'],
]);

export const FACTS = 'select version(), @@session.time_zone, cast(unix_timestamp(now(3)) * 1000 as unsigned)';
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
