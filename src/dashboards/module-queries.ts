import type { Formula, Module, Quantity } from '../model/dashboard.ts';
import { equalsText, type Filter, type ReadQuery } from '../server/read/read-plan.ts';
import type { Span } from './shown-span.ts';

/** What a record says in which a number was suppressed; true counts as 1 in a sum. */
export const SUPPRESSED_FIELD = 'suppressed';

/** What is asked of a data set in one go: sums of fields, by the periods of a module. */
export interface Question {
  /** The field whose values are told apart; undefined: none. */
  readonly by: string | undefined;
  readonly values: readonly string[];
}

/** The questions that a module has: as many as there are fields by which something is told apart. */
export function questionsOf({ formula, groupBy }: Module): readonly Question[] {
  const quantities = quantitiesOf(formula);
  const values = new Map<string | undefined, Set<string>>();
  // Records are counted also where nothing is added up.
  if (quantities.length === 0) values.set(groupBy, new Set());
  for (const quantity of quantities) {
    const by = byOf(quantity, groupBy);
    values.set(by, (values.get(by) ?? new Set()).add(quantity.value));
  }
  return Array.from(values, ([by, fields]) => ({ by, values: [...fields] }));
}

/** By which field the records of a quantity are told apart. */
export const byOf = ({ where }: Quantity, groupBy: string | undefined): string | undefined =>
  where?.field ?? groupBy;

function quantitiesOf(formula: Formula): readonly Quantity[] {
  switch (formula.kind) {
    case 'count':
      return [];
    case 'sum':
    case 'mean':
    case 'last':
      return [formula.of];
    case 'ratio':
      return [formula.numerator, formula.denominator];
    case 'satisfaction':
      return formula.ways.flat();
  }
}

/** The field that tells the times of records. */
const TIME_FIELD = '_timestamp';

/**
 * The queries of the read API that answer the questions of a module: of each question one for each span, in this order.
 * The database adds up; where the latest time of a period counts, it does so for each time.
 */
export function moduleQueries(module: Module, spans: readonly Span[]): readonly ReadQuery[] {
  const isByTime = module.formula.kind === 'last';
  return questionsOf(module).flatMap(({ by, values }) =>
    spans.map(
      (span): ReadQuery => ({
        filters: module.filters.map(filterOf),
        startAt: span.from,
        endAt: span.to,
        inclusive: false,
        ...(isByTime ? {} : { period: module.period }),
        groupBy: [...(isByTime ? [TIME_FIELD] : []), ...(by === undefined ? [] : [by])],
        collect: summedFields({ by, values }).map((field) => ({ field, method: 'sum' })),
        flatten: true,
        csv: false,
        // Suppressed numbers may be texts such as <5.
        passesOverTexts: true,
      }),
    ),
  );
}

/** The fields that are added up for a question, in the order in which answers have them. */
export const summedFields = ({ by, values }: Question): readonly string[] =>
  // What is grouped by is no number.
  [...new Set([...values, SUPPRESSED_FIELD])].filter((field) => field !== by);

const filterOf = ({ field, value }: Module['filters'][number]): Filter =>
  typeof value === 'boolean' ? { kind: 'boolean', field, value } : equalsText(field, value);
