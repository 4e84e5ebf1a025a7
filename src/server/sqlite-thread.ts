import { parentPort, workerData } from 'node:worker_threads';
import { openSqlite } from './open-sqlite.ts';
import { type Call, SqliteRecords } from './sqlite-records.ts';

/** A thread that has a connection of its own to a SQLite file, and ends when it is told `undefined`. */

const records = new SqliteRecords(openSqlite(String(workerData)));

parentPort?.on('message', (calls: readonly Call[] | undefined) => {
  if (calls !== undefined) return parentPort?.postMessage(records.run(calls));
  records.close();
  parentPort?.close();
});
