import { parentPort, workerData } from 'node:worker_threads';
import { openSqlite } from './open.ts';
import { type Call, SqliteRecords } from './records.ts';

/** A thread that has a connection of its own to a SQLite file, and ends when it is told `undefined`. */

export interface ThreadData {
  readonly file: string;
  /** In memory that threads share; its only entry is 1 when what the thread is reading is not wanted any more. */
  readonly stop: Int32Array;
}

const { file, stop } = workerData as ThreadData;
const records = new SqliteRecords(openSqlite(file), stop);

parentPort?.on('message', (calls: readonly Call[] | undefined) => {
  if (calls !== undefined) return parentPort?.postMessage(records.run(calls));
  records.close();
  parentPort?.close();
});
