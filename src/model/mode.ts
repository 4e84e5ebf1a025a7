/** What is asked about the ways to collect in more than one place. */
interface Traits {
  /** What its runs collect, in words. */
  readonly collects: string;
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
    hasAllRecords: false,
    hasOwnTime: false,
  },
  cursor: {
    collects: 'the rows that are new',
    hasAllRecords: false,
    hasOwnTime: false,
  },
  snapshot: {
    collects: 'how things stand now',
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
  } & { readonly [Key in Exclude<Mode, Each>]?: undefined };
}[Has];
