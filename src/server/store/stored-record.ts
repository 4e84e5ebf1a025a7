/** A record that passed every check. */
export interface NewRecord {
  readonly id: string;
  /** `YYYY-MM-DDTHH:MM:SS[.ffffff]+00:00`: sorts as text. */
  readonly timestamp: string;
  /** The JSON object as it was sent, with `_id` and with its dates and times in UTC. */
  readonly json: string;
}

export interface StoredRecord extends NewRecord {
  /** When the record was stored, in the form of `timestamp`. */
  readonly updatedAt: string;
}
