import type { ServerClient } from './databases.ts';

/**
 * SQL of a table with the column `n`: the whole numbers from 1 on, in their order. Its rows are made as they are read.
 */
export function numbersTo(client: ServerClient, last: number): string {
  if (client === 'pg') return `generate_series(1, ${last}) as numbers (n)`;
  // Sequences and deep recursion are MariaDB's and MySQL's only, each.
  return `json_table(concat('[0', repeat(',0', ${last - 1}), ']'), '$[*]' columns (n for ordinality)) as numbers`;
}

/** A query of one number, which takes hours. */
export function endlessQuery(client: ServerClient): string {
  const tables = ['a', 'b', 'c'].map((name) =>
    numbersTo(client, 100_000).replace(/as numbers/, `as ${name}`),
  );
  return `select count(*) as n from ${tables.join(' cross join ')}`;
}
