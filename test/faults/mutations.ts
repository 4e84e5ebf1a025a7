import type { Mode } from '../../src/model/mode.ts';

/** A way to break the program on purpose. The harness is worth something only as long as it finds every one of them. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  /** Must occur in the file exactly once. */
  readonly find: string;
  readonly replacement: string;
  /** Where it can show: in the campaign of a mode, or in one file of tests. */
  readonly shows: { readonly mode: Mode } | { readonly test: string };
}

const SENT_MODEL = { test: 'test/integration/send-changed-model.test.ts' } as const;

const REPLACED = { test: 'test/integration/replaced-data-set.test.ts' } as const;

const VERIFYING = { test: 'test/verify/verify-job.test.ts' } as const;
const REPAIRING = { test: 'test/verify/repair.test.ts' } as const;

const TOO_EARLY = 'await state.acknowledged(job.name, run.number, run.step({ progress:';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'the progress of a window is stored before the write API has acknowledged it',
    file: 'src/collect/collect-windows.ts',
    find: 'const { isReady, fields } = await deliverWindow(plan, context, holds);',
    replacement: `${TOO_EARLY} { collectedTo: window.collectedTo, fingerprint: context.fingerprint } }));
    const { isReady, fields } = await deliverWindow(plan, context, holds);`,
    shows: { mode: 'window' },
  },
  {
    name: 'a failed window is passed over',
    file: 'src/collect/collect-windows.ts',
    find: 'const { isReady, fields } = await deliverWindow(plan, context, holds);',
    replacement:
      'const { isReady, fields } = await deliverWindow(plan, context, holds).catch(() => ({ isReady: true, fields: [] }));',
    shows: { mode: 'window' },
  },
  {
    name: 'lookback is left out',
    file: 'src/schedule/window.ts',
    find: 'Math.max(Math.min(recent, last), earliest',
    replacement: 'Math.max(last, earliest',
    shows: { mode: 'window' },
  },
  {
    name: 'what is on its way counts as acknowledged',
    file: 'src/collect/delivery.ts',
    find: 'this.#inOrder.push(place);',
    replacement: 'this.#inOrder.push(place); place.isAcknowledged = true; this.#moveUp();',
    shows: { mode: 'cursor' },
  },
  {
    name: 'the lag is left out',
    file: 'src/collect/collect-cursor.ts',
    find: 'clock - job.cursor.lag',
    replacement: 'clock',
    shows: { mode: 'cursor' },
  },
  {
    name: 'a query may be cut in the midst of rows with equal cursor values',
    file: 'src/collect/cursor-track.ts',
    find: 'if (this.#position !== undefined && this.#isBehind(this.#position, next)) {',
    replacement: 'if (this.#position !== undefined) {',
    shows: { mode: 'cursor' },
  },
  {
    name: 'a pending batch is removed before it is acknowledged',
    file: 'src/collect/collect-snapshot.ts',
    find: 'await send({ id: next.id,',
    replacement: `await state.pendingAcknowledged(context.job.name, run, next.id, context.run.step({})),
      await send({ id: next.id,`,
    shows: { mode: 'snapshot' },
  },
  {
    name: 'a sealed snapshot is forgotten when the next one is begun',
    file: 'src/state/pending.ts',
    find: "'DELETE FROM pending_snapshots WHERE job = @job AND sealed = 0'",
    replacement: "'DELETE FROM pending_snapshots WHERE job = @job'",
    shows: { mode: 'snapshot' },
  },
  {
    name: 'the newest pending snapshot is sent first',
    file: 'src/collect/collect-snapshot.ts',
    find: 'of pending) {',
    replacement: 'of pending.toReversed()) {',
    shows: { mode: 'snapshot' },
  },
  {
    name: 'only the newest pending snapshot is sent',
    file: 'src/collect/collect-snapshot.ts',
    find: 'of pending) {',
    replacement: 'of pending.slice(-1)) {',
    shows: { mode: 'snapshot' },
  },
  {
    name: 'every 200 is taken for an acknowledgement',
    file: 'src/write-api/outcome.ts',
    find: "saysOk(body) ? 'stored' : 'not-the-write-api'",
    replacement: "(saysOk(body), 'stored')",
    shows: { mode: 'window' },
  },
  {
    name: 'a 500 is taken for an acknowledgement',
    file: 'src/write-api/outcome.ts',
    find: "if (status >= 500 || NOT_NOW.has(status)) return 'not-now';",
    replacement: "if (status >= 500 || NOT_NOW.has(status)) return status === 500 ? 'stored' : 'not-now';",
    shows: { mode: 'cursor' },
  },
  {
    name: 'a redirect is taken for an acknowledgement',
    file: 'src/write-api/outcome.ts',
    find: "if (status < 400) return 'wrong-address';",
    replacement: "if (status < 400) return 'stored';",
    shows: { mode: 'window' },
  },
  {
    name: 'dead letters are not kept',
    file: 'src/state/dead-letters.ts',
    find: 'of letters) {',
    replacement: 'of letters.slice(1)) {',
    shows: { mode: 'cursor' },
  },
  {
    name: 'the dead letter of an older version stays when a newer one is delivered',
    file: 'src/state/dead-letters.ts',
    find: 'AND (read_run, read_row) <= (@readRun, @readRow)',
    replacement: 'AND (read_run, read_row) < (0 * @readRun, 0 * @readRow)',
    shows: { mode: 'cursor' },
  },
  {
    name: 'the lease of a dead process is never taken over',
    file: 'src/state/sqlite/lease-rows.ts',
    find: "if (liveness !== 'unknown') return liveness === 'dead';",
    replacement: "if (liveness !== 'unknown') return false;",
    shows: { mode: 'window' },
  },
  {
    name: 'what was underway when a run was cut off is not doubtful',
    file: 'src/collect/sent-window.ts',
    find: 'if (doubts.length === 0) return;',
    replacement: 'if (doubts.length >= 0) return;',
    shows: SENT_MODEL,
  },
  {
    name: 'a record that the write API refused counts as sent',
    file: 'src/collect/sent-window.ts',
    find: 'if (cause !== undefined) this.table.refused',
    replacement: 'if (cause === null) this.table.refused',
    shows: SENT_MODEL,
  },
  {
    name: 'what is answered 500 counts as not stored',
    file: 'src/records/sent-table.ts',
    find: 'if (!mayBeThere) return;',
    replacement: 'if (!mayBeThere || mayBeThere) return;',
    shows: SENT_MODEL,
  },
  {
    name: 'what is doubtful is left out where it is as it was',
    file: 'src/records/sent-table.ts',
    find: 'entries !== undefined && doubts.length === 0',
    replacement: 'entries !== undefined',
    shows: SENT_MODEL,
  },
  {
    name: 'what arrives later than the next run is not sent once more',
    file: 'src/records/sent-table.ts',
    find: 'if (this.#entries.has(at, MARK.underway)) this.#setDigest(at, ...UNKNOWN);',
    replacement: 'if (this.#entries.has(at, 0)) this.#setDigest(at, ...UNKNOWN);',
    shows: SENT_MODEL,
  },
  {
    name: 'what was removed is not looked for once more though it may still arrive',
    file: 'src/records/sent-table.ts',
    find: 'if (this.#entries.has(at, MARK.underway)) {',
    replacement: 'if (this.#entries.has(at, 0)) {',
    shows: SENT_MODEL,
  },
  {
    name: 'what the data set has lost is not sent again',
    file: 'src/collect/sent-memory.ts',
    find: 'for (const { period } of lost) table.lost(period);',
    replacement: '',
    shows: SENT_MODEL,
  },
  {
    name: 'what was sent to another data set counts',
    file: 'src/collect/sent-rules.ts',
    find: '[address, rulesOf',
    replacement: '[rulesOf',
    shows: SENT_MODEL,
  },
  {
    name: 'what is doubtful is forgotten with what was acknowledged',
    file: 'src/state/sent-records.ts',
    find: "for (const table of ['sent', 'sent_rules'])",
    replacement: "for (const table of ['sent', 'sent_rules', 'sent_doubts'])",
    shows: SENT_MODEL,
  },
  {
    name: 'a window settles what is doubtful of others',
    file: 'src/state/sent-records.ts',
    find: '(period >= @from AND period < @to)',
    replacement: '(period >= @from OR period < @to)',
    shows: SENT_MODEL,
  },
  {
    name: 'what a replay sends is not doubtful',
    file: 'src/collect/doubt-records.ts',
    find: 'if (!remembersSent(job)) return;',
    replacement: 'if (remembersSent(job)) return;',
    shows: SENT_MODEL,
  },
  {
    name: 'what a repair sends is not doubtful',
    file: 'src/verify/repair.ts',
    find: "await state.forgetSent(this.#run.job, 'content');",
    replacement: '',
    shows: SENT_MODEL,
  },
  {
    name: 'a table that is empty for a night takes all its records along',
    file: 'src/collect/vanished.ts',
    find: 'if (rows === 0) return',
    replacement: 'if (rows < 0) return',
    shows: SENT_MODEL,
  },
  {
    name: 'new records of a run that was cut off are not removed with their rows',
    file: 'src/records/sent-table.ts',
    find: 'this.#entries.find(ids, word) ?? this.#entries.add(ids, index, word)',
    replacement: 'this.#entries.find(ids, word) ?? 0',
    shows: SENT_MODEL,
  },
  {
    name: 'what others have sent counts after a snapshot has replaced it',
    file: 'src/collect/sent-rules.ts',
    find: 'changes === 0 ? [] : [changes, isChanging]',
    replacement: 'changes >= 0 ? [] : [changes, isChanging]',
    shows: REPLACED,
  },
  {
    name: 'what a run sends while the data set is emptied counts',
    file: 'src/collect/sent-memory.ts',
    find: '!sendsAll && !to.isChanging && job',
    replacement: '!sendsAll && job',
    shows: REPLACED,
  },
  {
    name: 'verify takes for a difference what it has met once',
    file: 'src/verify/verify-records.ts',
    find: 'compareTwice(first, second, (found) => {',
    replacement: 'compareOnce(first, (found) => {',
    shows: REPAIRING,
  },
  {
    name: 'verify compares no contents',
    file: 'src/verify/compare.ts',
    find: "if (standing === 'equal' || this.#isSame(own, other, at)) standing = 'equal';",
    replacement: "if (standing === 'equal' || !this.#isLater(own)) standing = 'equal';",
    shows: VERIFYING,
  },
  {
    name: 'verify looks for no record that is missing',
    file: 'src/verify/compare.ts',
    find: "source.unmet((at) => found({ standing: 'missing', ...idAndHour(source.entries, at) }));",
    replacement: '',
    shows: VERIFYING,
  },
  {
    name: 'a repair does not look at what it has done',
    file: 'src/verify/repair.ts',
    find: 'this.left = (await this.#look()).counts;',
    replacement: '',
    shows: REPAIRING,
  },
];
