import type { Formula, Quantity } from '../model/dashboard.ts';
import type { ModuleSettings } from './schema/dashboard-schema.ts';

/** How the numbers of a module are computed: the formulas of the measures are told here, and nowhere else. */
export function formulaOf(module: ModuleSettings): Formula {
  const { measure, value = 'count', collect = 'sum' } = module;
  switch (measure) {
    case undefined:
      return collect === 'count' ? { kind: 'count' } : { kind: collect, of: { value } };
    case 'digital_take_up':
      return digitalTakeUp(module, value);
    case 'completion_rate':
      return ratio(quantityOf(module.completed, value), quantityOf(module.started, value));
    case 'user_satisfaction':
      return { kind: 'satisfaction', ways: ratingsOf(module, value) };
    case 'cost_per_transaction':
      return costPerTransaction(module);
  }
}

const ratio = (numerator: Quantity, denominator: Quantity, divisor = 1): Formula => ({
  kind: 'ratio',
  numerator,
  denominator,
  divisor,
});

function digitalTakeUp({ digital, channel: field = 'channel' }: ModuleSettings, value: string): Formula {
  if (digital !== undefined && 'sum' in digital) return ratio({ value: digital.sum }, { value });
  return ratio({ value, where: { field, is: textsOf(digital) } }, { value, where: { field } });
}

/** The cost of each record is that of one transaction, unless costs and transactions are told apart. */
function costPerTransaction(module: ModuleSettings): Formula {
  const { cost, transactions, cost_in, value } = module;
  if (cost === undefined) return { kind: 'last', of: { value: value ?? 'cost_per_transaction' } };
  const counted = value ?? 'count';
  const divisor = cost_in === 'pence' ? 100 : 1;
  return ratio(quantityOf(cost, counted), quantityOf(transactions, counted), divisor);
}

const WORDS = ['very-dissatisfied', 'dissatisfied', 'neither', 'satisfied', 'very-satisfied'] as const;

/** In one way, or in one of two where a file does not say. */
function ratingsOf({ ratings }: ModuleSettings, value: string): readonly (readonly Quantity[])[] {
  if (Array.isArray(ratings)) return [ratings.map((field) => ({ value: field }))];
  if (ratings !== undefined)
    return [ratings.are.map((is) => ({ value, where: { field: ratings.field, is: textsOf(is) } }))];
  return [
    WORDS.map((_, index) => ({ value: `rating_${index + 1}` })),
    WORDS.map((word, index) => ({ value, where: { field: 'rating', is: [word, String(index + 1)] } })),
  ];
}

function quantityOf(settings: ModuleSettings['started'], value: string): Quantity {
  if (settings === undefined) return { value };
  if ('sum' in settings) return { value: settings.sum };
  return { value, where: { field: settings.field, is: textsOf(settings.is) } };
}

type Scalar = string | number | boolean;

/** As JSON writes them, texts without their quotation marks. */
const textsOf = (values: Scalar | readonly Scalar[] | undefined): readonly string[] =>
  [values ?? []].flat().map(String);
