/** How commands read and write JSON. */

/** Keeps the digits of numbers that JavaScript cannot hold. */
export function exactNumbers(_key: string, value: unknown, context?: { source: string }): unknown {
  if (typeof value !== 'number' || context === undefined) return value;
  return String(value) === context.source ? value : JSON.rawJSON(context.source);
}
