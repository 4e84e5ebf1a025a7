/** The known name that a mistyped one most likely stands for; undefined when none is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let limit = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= limit) continue;
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase(), limit);
    if (edits < limit) [best, limit] = [candidate, edits];
  }
  return best;
}

/** `did you mean "channel"?`, as a suggestion; undefined when no known name is near. */
export function didYouMean(name: string, known: Iterable<string>, prefix = ''): string | undefined {
  const nearest = nearestName(name, known);
  return nearest === undefined ? undefined : `did you mean ${JSON.stringify(prefix + nearest)}?`;
}

const MOST_NAMES = 20;

/** All names of a few; of many the first and how many more there are. */
export function firstNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The first names, those before all that are most like a mistyped one: parts of it, or it a part of them, and near. */
export function namesLike(name: string, known: Iterable<string>): string {
  const [typed, limit] = [name.toLowerCase(), Number.POSITIVE_INFINITY];
  const measured = Array.from(known, (candidate) => {
    const other = candidate.toLowerCase();
    const isPart = other.includes(typed) || typed.includes(other);
    return {
      candidate,
      edits: editDistance(typed, other, limit) - (isPart ? other.length + typed.length : 0),
    };
  });
  return firstNames(measured.sort((one, next) => one.edits - next.edits).map(({ candidate }) => candidate));
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. Where they are `limit`
 * or more it does not count to the end.
 */
function editDistance(from: string, to: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped && row > 1 && column > 1 ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
    if (Math.min(...last) >= limit && Math.min(...beforeLast) + 1 >= limit) return limit;
  }
  return last[to.length] ?? 0;
}
