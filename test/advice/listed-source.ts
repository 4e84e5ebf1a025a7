import type { QueryAdvice } from '../../src/model/query.ts';
import type { Column, ColumnKind, Row } from '../../src/model/row.ts';
import { packRows } from '../../src/model/row-packer.ts';
import type { Source } from '../../src/model/source.ts';

export const column = (name: string, kind: ColumnKind, type: string = kind): Column => ({ name, kind, type });

const ADVICE: QueryAdvice = {
  outline: () => ({
    isAggregated: false,
    groupedButNotSelected: [],
    isGrouped: true,
    hasDistinctRows: false,
    aggregates: [],
    datedTime: undefined,
    boundedTime: undefined,
    compared: [],
    literals: [],
    parameters: [],
  }),
  localPeriodRemedy: () => '',
  createIndex: () => '',
};

/** A database whose queries all return the same rows. @param failure what it says when it is asked its clock */
export function listedSource(columns: readonly Column[], rows: readonly Row[], failure?: Error): Source {
  return {
    advice: ADVICE,
    async open() {
      return {
        columns,
        batches: (async function* () {
          yield packRows(rows);
        })(),
        close: async () => undefined,
      };
    },
    describe: async () => columns,
    overlooked: async () => [],
    plan: async () => ({ rows: undefined, isQuick: undefined, scans: async () => [] }),
    async clock() {
      if (failure !== undefined) throw failure;
      return Date.parse('2015-06-01T00:00:00Z');
    },
    inspect: async () => [],
    close: async () => undefined,
  };
}
