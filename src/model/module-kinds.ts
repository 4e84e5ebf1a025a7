import type { Period } from '../calendar/period.ts';
import type { ModuleKind, NumberFormat } from './dashboard.ts';

interface Traits {
  /** What it is called where its file does not say. */
  readonly title?: string;
  /** What its numbers are about where its file does not say. */
  readonly period?: Period;
  readonly format: NumberFormat['type'];
  /** Keys that its file must have, and may have, besides those of every module. */
  readonly needs: readonly string[];
  readonly takes: readonly string[];
}

/** What is asked about the kinds of modules in more than one place. */
export const MODULE_KINDS: Readonly<Record<ModuleKind, Traits>> = {
  digital_take_up: {
    title: 'Digital take-up',
    period: 'month',
    format: 'percent',
    needs: ['data_set', 'digital'],
    takes: ['channel', 'value'],
  },
  completion_rate: {
    title: 'Completion rate',
    period: 'week',
    format: 'percent',
    needs: ['data_set', 'started', 'completed'],
    takes: ['value'],
  },
  user_satisfaction: {
    title: 'User satisfaction',
    period: 'month',
    format: 'percent',
    needs: ['data_set'],
    takes: ['ratings', 'value'],
  },
  cost_per_transaction: {
    title: 'Cost per transaction',
    period: 'quarter',
    format: 'currency',
    needs: ['data_set'],
    takes: ['cost', 'transactions', 'cost_in', 'value'],
  },
  kpi: {
    format: 'number',
    needs: ['data_set', 'title', 'period'],
    takes: ['value', 'collect'],
  },
  single_timeseries: {
    format: 'number',
    needs: ['data_set', 'title', 'period'],
    takes: ['value', 'collect'],
  },
  grouped_timeseries: {
    format: 'number',
    needs: ['data_set', 'title', 'period', 'group_by'],
    takes: ['value', 'collect', 'show'],
  },
  bar_chart: {
    format: 'number',
    needs: ['data_set', 'title', 'period'],
    takes: ['value', 'collect'],
  },
  table: {
    format: 'number',
    needs: ['data_set', 'title', 'period'],
    takes: ['value', 'collect', 'group_by'],
  },
};

/** How many periods are shown where a file does not say. */
export const DURATIONS: Readonly<Record<Period, number>> = {
  hour: 24,
  day: 30,
  week: 9,
  month: 12,
  quarter: 24,
  year: 10,
};

/** The end of an address, made of a title: `carers-allowance`. Empty: there is no letter or digit in it. */
export const slugOf = (title: string): string =>
  title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}'’]/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
