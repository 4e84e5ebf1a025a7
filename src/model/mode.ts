/** What is asked about the ways to collect in more than one place. */
interface Traits {
  /** What its runs collect, in words. */
  readonly collects: string;
  /** Whether its jobs owe windows, so that any span of time can be collected again. */
  readonly hasWindows: boolean;
  /** Whether its jobs stand at a row, behind which they go on, and not at a time. */
  readonly standsAtRow: boolean;
  /** Whether each run has all the records of the data set, which may be emptied before. */
  readonly hasAllRecords: boolean;
  /** Whether records have a time also when no column gives one: that of their run. */
  readonly hasOwnTime: boolean;
}

/**
 * The ways to collect, of which a job has one, by the key of its file that has the settings. One that is added here is
 * asked for by the compiler in every place that tells them apart.
 */
export const TRAITS = {
  window: {
    collects: 'periods that are over',
    hasWindows: true,
    standsAtRow: false,
    hasAllRecords: false,
    hasOwnTime: false,
  },
  cursor: {
    collects: 'the rows that are new',
    hasWindows: false,
    standsAtRow: true,
    hasAllRecords: false,
    hasOwnTime: false,
  },
  snapshot: {
    collects: 'how things stand now',
    hasWindows: false,
    standsAtRow: false,
    hasAllRecords: true,
    hasOwnTime: true,
  },
} as const satisfies Readonly<Record<string, Traits>>;

export type Mode = keyof typeof TRAITS;

export const MODES = Object.keys(TRAITS) as readonly Mode[];

/** A job's content with the name of its mode, and of the settings of modes only those that it has. */
export type WithMode<Content extends { readonly [Each in Mode]?: unknown }, Has extends Mode = Mode> = {
  readonly [Each in Has]: Omit<Content, Mode> & { readonly mode: Each } & {
    readonly [Key in Each]: NonNullable<Content[Key]>;
  };
}[Has];

interface HasMode {
  readonly mode: Mode;
}

type ModeWith<Trait extends keyof Traits> = {
  readonly [Each in Mode]: (typeof TRAITS)[Each][Trait] extends true ? Each : never;
}[Mode];

type JobWith<Job, Trait extends keyof Traits> = Extract<Job, { readonly mode: ModeWith<Trait> }>;

/** Whether a job owes windows, so that any span of time can be collected again. */
export const hasWindows = <Job extends HasMode>(job: Job): job is JobWith<Job, 'hasWindows'> =>
  TRAITS[job.mode].hasWindows;

/** Whether a job stands at a row, behind which it goes on, and not at a time. */
export const standsAtRow = <Job extends HasMode>(job: Job): job is JobWith<Job, 'standsAtRow'> =>
  TRAITS[job.mode].standsAtRow;
