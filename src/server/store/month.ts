/** The month that a timestamp of a record begins with: `YYYY-MM`. */
export const monthOf = (timestamp: string): string => timestamp.slice(0, 7);
