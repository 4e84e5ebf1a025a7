import type { Column, Row } from '../model/row.ts';
import type { ResultSet } from '../model/source.ts';
import type { OpenSession } from './open-session.ts';

/**
 * The rows of a described query, read one batch ahead of their consumer: one batch is in work, the next is on its way.
 */
export function readAhead(session: OpenSession, columns: readonly Column[]): ResultSet {
  const read = () => session.ask((each) => each.read());
  let isStarted = false;
  async function* walk(): AsyncGenerator<readonly Row[], void, undefined> {
    if (isStarted) throw new Error('the rows of a query can be walked once');
    isStarted = true;
    try {
      let next = read();
      for (let rows = await next; rows !== undefined; rows = await next) {
        next = read();
        // While the consumer works nobody waits for it; it is awaited above.
        next.catch(() => undefined);
        if (rows.length > 0) yield rows;
      }
      await session.giveBack();
    } finally {
      // Not awaited: an error shall be known at once. After the end this does nothing.
      void session.abandon();
    }
  }
  return {
    columns,
    batches: { [Symbol.asyncIterator]: walk },
    close: () => (isStarted ? session.abandon() : session.giveBack()),
  };
}
