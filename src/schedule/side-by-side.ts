import { type ConcurrencyLimits, RunQueue } from './run-queue.ts';

/**
 * Does something with all items, as many at a time as the limits let, until the signal is aborted; what goes on then is
 * waited for. When one throws, no other is begun, and that is thrown once all have ended.
 *
 * @returns what came of those that were begun, in the order of the items
 */
export async function sideBySide<Item extends { readonly database: string }, Result>(
  items: readonly Item[],
  limits: ConcurrencyLimits,
  work: (item: Item) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result[]> {
  const queue = new RunQueue<Item>();
  queue.limit(limits);
  for (const item of items) queue.queueUp(item.database, item);
  const [results, errors] = [new Map<Item, Result>(), [] as unknown[]];
  const current = new Set<Promise<void>>();
  const begin = async (item: Item) => {
    try {
      results.set(item, await work(item));
    } catch (error) {
      errors.push(error);
    } finally {
      queue.release(item.database);
    }
  };
  const next = () => (signal.aborted || errors.length > 0 ? undefined : queue.next());
  for (;;) {
    for (let item = next(); item !== undefined; item = next()) {
      const run = begin(item).then(() => void current.delete(run));
      current.add(run);
    }
    if (current.size === 0) break;
    await Promise.race(current);
  }
  if (errors.length > 0) throw errors[0];
  return items.flatMap((item) => results.get(item) ?? []);
}
