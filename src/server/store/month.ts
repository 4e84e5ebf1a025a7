/** The month that a timestamp of a record begins with: `YYYY-MM`. */
export const monthOf = (timestamp: string): string => timestamp.slice(0, 7);

/** The day that it begins with: `YYYY-MM-DD`. */
export const dayOf = (timestamp: string): string => timestamp.slice(0, 10);
