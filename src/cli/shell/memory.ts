import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Has V8 collect garbage earlier than it would: rows come and go by the million, few are alive at a time, and a
 * collector beside a database should not hold memory that it does not need. For a run it is called when all code is
 * loaded, which is much at once; for what stays, before. How little young objects get is said in main.ts.
 */
export function holdLittleMemory(): void {
  setFlagsFromString('--heap-growing-percent=30');
}

/** Milliseconds between two looks at the bytes outside of V8's heap, and by how many they may grow. */
const LOOK_EVERY = 100;
const MOST_OUTSIDE = 8_000_000;

/**
 * Has V8 collect all garbage at once, when there is enough of it, in place of beside the work: until a collection beside it
 * has ended, rows have become as much garbage again, and what V8 once took for that it keeps. What lies outside of its
 * heap, as what came over the network does, V8 would then leave there for long. For commands that read many rows and
 * answer nobody meanwhile: a collection takes 10 to 30 ms.
 */
export function collectGarbageAtOnce(): void {
  setFlagsFromString('--no-incremental-marking');
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const outside = () => getHeapStatistics().external_memory;
  let least = outside();
  const look = () => {
    if (outside() > least + MOST_OUTSIDE) collect();
    least = Math.min(least, outside());
  };
  setInterval(look, LOOK_EVERY).unref();
}

/**
 * Gives young objects the room that V8 would give them, in place of what main.ts says: pages of dashboards are a hundred
 * thousand of them at once, and with little room half of the time goes into moving them. Takes 50 MB more.
 */
export function giveYoungObjectsRoom(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
