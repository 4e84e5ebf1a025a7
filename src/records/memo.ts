const LIMIT = 10_000;

/** `compute`, remembering its results: rows repeat the same few texts. Bounded: a full memory is emptied. */
export function memo<Result>(compute: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const result = known.get(text);
    if (result !== undefined || known.has(text)) return result as Result;
    if (known.size >= LIMIT) known.clear();
    const computed = compute(text);
    known.set(text, computed);
    return computed;
  };
}
