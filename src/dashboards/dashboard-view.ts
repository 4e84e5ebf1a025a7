import type { Dashboard, Module, Section } from '../model/dashboard.ts';
import type { ModuleFigures } from './module-figures.ts';
import type { Span } from './shown-span.ts';

/** What pages and documents are made from; tests write it by hand. */

/** A module, and what became of its questions. */
export interface ModuleView {
  readonly module: Module;
  /** The periods that were asked for. */
  readonly span: Span;
  readonly outcome: Outcome;
  readonly data: DataState;
}

export type Outcome =
  | { readonly kind: 'figures'; readonly figures: ModuleFigures }
  | { readonly kind: 'failed'; readonly cause: FailureCause };

/** Why there are no figures, for readers. */
export const FAILURES = {
  closed: 'This data set is not open to readers.',
  'too-long': 'There are too many periods in this time. Choose a shorter one.',
  busy: 'The numbers could not be read in time. Try again in a minute.',
  broken: 'There was a problem with the data of this part. The other parts are not affected.',
} as const;

export type FailureCause = keyof typeof FAILURES;

/** How things stand with the data set of a module. */
export interface DataState {
  /** Epoch milliseconds of the last time that records arrived; undefined: it is empty. */
  readonly updatedAt: number | undefined;
  /** Whether that is longer ago than `max_age_expected`. */
  readonly isStale: boolean;
  /** Milliseconds; undefined: it may be of any age. */
  readonly maxAgeExpected: number | undefined;
  /** False: its numbers may be wrong still. */
  readonly isPublished: boolean;
}

export interface SectionView {
  readonly section: Section;
  readonly modules: readonly ModuleView[];
}

export interface DashboardView {
  readonly dashboard: Dashboard;
  readonly parts: readonly (SectionView | ModuleView)[];
}

/** A dashboard among others, with its measures in the order of `MEASURES`; those that it lacks are undefined. */
export interface ListedDashboard {
  readonly dashboard: Dashboard;
  readonly measures: readonly (ModuleView | undefined)[];
}

/** All modules of a dashboard, those of sections included. */
export const modulesOf = ({ parts }: Pick<Dashboard, 'parts'>): readonly Module[] =>
  parts.flatMap((part) => (part.kind === 'section' ? part.modules : part));
