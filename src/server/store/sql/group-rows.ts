import type { CollectedValues, GroupRow, GroupsPlan } from '../../read/read-plan.ts';

/** A row as either database gives it: numbers of PostgreSQL's larger types are texts. */
export type RawRow = Readonly<Record<string, number | string | null>>;

/** What the columns of `groupsSql` say. */
export function groupRow(row: RawRow, { fields, collected }: GroupsPlan): GroupRow {
  return {
    count: Number(row.count),
    period: typeof row.period === 'string' ? row.period : null,
    values: fields.map((_, i) => String(row[`v${i}`])),
    collected: collected.map((_, i) => collectedValues(row, i)),
  };
}

function collectedValues(row: RawRow, i: number): CollectedValues {
  const [high, low] = [BigInt(row[`high${i}`] ?? 0), BigInt(row[`low${i}`] ?? 0)];
  const set = row[`set${i}`];
  return {
    missing: Number(row[`missing${i}`] ?? 0),
    others: Number(row[`others${i}`] ?? 0),
    integers: (high << 32n) + low,
    fractions: Number(row[`fractions${i}`] ?? 0),
    fraction: Number(row[`fraction${i}`] ?? 0),
    set: typeof set === 'string' ? (JSON.parse(set) as string[]) : [],
  };
}
