/** Records on their way together: the JSON array that is sent. */
export interface Batch {
  /** `[{…},{…}]` in UTF-8. */
  readonly bytes: Buffer;
  /** Where each record ends in `bytes`; between two records there is one comma. */
  readonly ends: readonly number[];
}
