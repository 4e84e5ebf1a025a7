import type { Complete } from '../config/config.ts';
import { firstNames, nearestName } from '../config/nearest-name.ts';
import { measureNames } from '../records/measures.ts';

/** What nobody can compare, and what to do. */
export interface UnknownMeasure {
  readonly reason: string;
  readonly remedy: string;
}

/**
 * What is wrong with the measure that `expect.change` names, which no record would ever have; undefined: nothing.
 *
 * @param fields of the records that the columns of the query make
 */
export function unknownMeasure(
  { expect, record }: Complete,
  fields: Parameters<typeof measureNames>[0],
): UnknownMeasure | undefined {
  const measure = expect.change?.measure;
  const known = measureNames(fields, record);
  if (measure === undefined || known.includes(measure)) return undefined;
  const nearest = nearestName(measure, known);
  return {
    reason: `expect.change.measure is ${measure}, and no record has a number of that name that is not in record.id`,
    remedy:
      known.length === 0
        ? 'Leave measure out of expect.change, which then compares the number of records.'
        : `Write ${nearest ?? firstNames(known).replace(/, ([^,]+)$/, ' or $1')}, or leave measure out to compare the number of records.`,
  };
}
