export interface InitFlags {
  /** URL, or path of a file. */
  readonly database?: string;
  readonly table?: string;
  /** Path of a file with a query. */
  readonly query?: string;
  readonly dateColumn?: string;
  readonly timezone: string;
  readonly dataGroup?: string;
  readonly token?: string;
  readonly writeApi?: string;
  readonly withDashboard?: boolean;
}

/** Those of a job that is made of a database, and where its records go. */
export type GivenFlags = InitFlags & { readonly database: string; readonly writeApi: string };
