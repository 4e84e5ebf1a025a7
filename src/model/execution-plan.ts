/** How a database would go about a query, which is not run, as far as it tells. */
export interface ExecutionPlan {
  /** About how many rows the query has. */
  readonly rows: number | undefined;
  /** Whether it would take a second or so, and not minutes. */
  readonly isQuick: boolean | undefined;
}
