/** One record, ready to be sent. */
export interface DataRecord {
  readonly id: string;
  /** The JSON object, keys in their final order, no white space. */
  readonly json: string;
}
