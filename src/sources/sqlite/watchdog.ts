import { Socket } from 'node:net';
import { parentPort } from 'node:worker_threads';

/*
 * A thread of the process that reads an SQLite file, and the only one that can act while SQLite works: it ends the
 * process when the collector is gone, or when one answer takes too long.
 */

let deadline: NodeJS.Timeout | undefined;

// By a signal, because an orderly end would wait for SQLite. A process that only reads has nothing to put in order.
const end = () => process.kill(process.pid, 'SIGKILL');

/** Milliseconds that what begins now may take; undefined: it is done. */
parentPort?.on('message', (limit: number | undefined) => {
  clearTimeout(deadline);
  deadline = limit === undefined ? undefined : setTimeout(end, limit);
});

// Nothing is ever written to standard input: it ends with the collector, however that ends.
new Socket({ fd: 0 }).on('error', end).on('close', end).resume();
