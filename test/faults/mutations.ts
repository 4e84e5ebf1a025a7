import type { Mode } from '../../src/model/mode.ts';

/** A way to break the program on purpose. The harness is worth something only as long as it finds every one of them. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  /** Must occur in the file exactly once. */
  readonly find: string;
  readonly replacement: string;
  /** Where it can show. */
  readonly mode: Mode;
}

const TOO_EARLY = 'await state.acknowledged(job.name, run.number, run.step({ progress:';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'the progress of a window is stored before the write API has acknowledged it',
    file: 'src/collect/collect-windows.ts',
    find: 'const { isReady, fields } = await deliverWindow(plan, context, holds);',
    replacement: `${TOO_EARLY} { collectedTo: window.collectedTo, fingerprint: context.fingerprint } }));
    const { isReady, fields } = await deliverWindow(plan, context, holds);`,
    mode: 'window',
  },
  {
    name: 'a failed window is passed over',
    file: 'src/collect/collect-windows.ts',
    find: 'const { isReady, fields } = await deliverWindow(plan, context, holds);',
    replacement:
      'const { isReady, fields } = await deliverWindow(plan, context, holds).catch(() => ({ isReady: true, fields: [] }));',
    mode: 'window',
  },
  {
    name: 'lookback is left out',
    file: 'src/schedule/window.ts',
    find: 'Math.max(Math.min(recent, last), earliest',
    replacement: 'Math.max(last, earliest',
    mode: 'window',
  },
  {
    name: 'what is on its way counts as acknowledged',
    file: 'src/collect/delivery.ts',
    find: 'this.#inOrder.push(place);',
    replacement: 'this.#inOrder.push(place); place.isAcknowledged = true; this.#moveUp();',
    mode: 'cursor',
  },
  {
    name: 'the lag is left out',
    file: 'src/collect/collect-cursor.ts',
    find: 'clock - job.cursor.lag',
    replacement: 'clock',
    mode: 'cursor',
  },
  {
    name: 'a query may be cut in the midst of rows with equal cursor values',
    file: 'src/collect/cursor-track.ts',
    find: 'if (this.#position !== undefined && this.#isBehind(this.#position, next)) {',
    replacement: 'if (this.#position !== undefined) {',
    mode: 'cursor',
  },
  {
    name: 'a pending batch is removed before it is acknowledged',
    file: 'src/collect/collect-snapshot.ts',
    find: 'await send({ id: next.id,',
    replacement: `await state.pendingAcknowledged(context.job.name, run, next.id, context.run.step({})),
      await send({ id: next.id,`,
    mode: 'snapshot',
  },
  {
    name: 'a sealed snapshot is forgotten when the next one is begun',
    file: 'src/state/pending.ts',
    find: "'DELETE FROM pending_snapshots WHERE job = @job AND sealed = 0'",
    replacement: "'DELETE FROM pending_snapshots WHERE job = @job'",
    mode: 'snapshot',
  },
  {
    name: 'the newest pending snapshot is sent first',
    file: 'src/collect/collect-snapshot.ts',
    find: 'of pending) {',
    replacement: 'of pending.toReversed()) {',
    mode: 'snapshot',
  },
  {
    name: 'only the newest pending snapshot is sent',
    file: 'src/collect/collect-snapshot.ts',
    find: 'of pending) {',
    replacement: 'of pending.slice(-1)) {',
    mode: 'snapshot',
  },
  {
    name: 'every 200 is taken for an acknowledgement',
    file: 'src/write-api/outcome.ts',
    find: "saysOk(body) ? 'stored' : 'not-the-write-api'",
    replacement: "(saysOk(body), 'stored')",
    mode: 'window',
  },
  {
    name: 'a 500 is taken for an acknowledgement',
    file: 'src/write-api/outcome.ts',
    find: "if (status >= 500 || NOT_NOW.has(status)) return 'not-now';",
    replacement: "if (status >= 500 || NOT_NOW.has(status)) return status === 500 ? 'stored' : 'not-now';",
    mode: 'cursor',
  },
  {
    name: 'a redirect is taken for an acknowledgement',
    file: 'src/write-api/outcome.ts',
    find: "if (status < 400) return 'wrong-address';",
    replacement: "if (status < 400) return 'stored';",
    mode: 'window',
  },
  {
    name: 'dead letters are not kept',
    file: 'src/state/dead-letters.ts',
    find: 'of letters) {',
    replacement: 'of letters.slice(1)) {',
    mode: 'cursor',
  },
  {
    name: 'the dead letter of an older version stays when a newer one is delivered',
    file: 'src/state/dead-letters.ts',
    find: 'AND (read_run, read_row) <= (@readRun, @readRow)',
    replacement: 'AND (read_run, read_row) < (0 * @readRun, 0 * @readRow)',
    mode: 'cursor',
  },
  {
    name: 'the lease of a dead process is never taken over',
    file: 'src/state/sqlite/lease-rows.ts',
    find: "if (liveness !== 'unknown') return liveness === 'dead';",
    replacement: "if (liveness !== 'unknown') return false;",
    mode: 'window',
  },
];
