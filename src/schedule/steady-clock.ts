import { HOUR, SMALL_STEP } from '../calendar/durations.ts';

/** How long a sudden change must last until it is believed, milliseconds. */
const UNTIL_BELIEVED = HOUR;

/**
 * A clock that follows another one, but not its sudden changes unless they last: by it nothing grows old because the
 * other one is wrong for a while. A machine that slept looks the same as a clock that was set.
 *
 * @param now epoch milliseconds by the clock that is followed @param monotonic milliseconds by one that nobody sets
 */
export function steadyClock(now: () => number, monotonic: () => number): () => number {
  let difference = now() - monotonic();
  let other = { difference, since: monotonic() };
  return () => {
    const [elapsed, currentDifference] = [monotonic(), now() - monotonic()];
    if (Math.abs(currentDifference - other.difference) > SMALL_STEP)
      other = { difference: currentDifference, since: elapsed };
    const isSmall = Math.abs(currentDifference - difference) <= SMALL_STEP;
    if (isSmall || elapsed - other.since >= UNTIL_BELIEVED) difference = currentDifference;
    return elapsed + difference;
  };
}
