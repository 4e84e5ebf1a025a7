import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect garbage earlier than it would: rows come and go by the million, few are alive at a time, and a
 * collector beside a database should not hold memory that it does not need. For a run it is called when all code is
 * loaded, which is much at once; for what stays, before. How little young objects get is said in main.ts.
 */
export function holdLittleMemory(): void {
  setFlagsFromString('--heap-growing-percent=30');
}

/**
 * Gives young objects the room that V8 would give them, in place of what main.ts says: pages of dashboards are a hundred
 * thousand of them at once, and with little room half of the time goes into moving them. Takes 50 MB more.
 */
export function giveYoungObjectsRoom(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
