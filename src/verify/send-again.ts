import { deliver } from '../collect/deliver.ts';
import { fingerprintOf } from '../collect/fingerprint.ts';
import type { MarkedBatch } from '../collect/marked-batch.ts';
import type { Route, RunSignals } from '../collect/run-context.ts';
import type { RunSoFar } from '../collect/run-so-far.ts';
import { suppressing } from '../collect/suppressing.ts';
import type { Complete } from '../config/config.ts';
import type { Batch } from '../model/batch.ts';
import type { RecordValues } from '../model/record-values.ts';
import type { State } from '../model/state.ts';
import { Batches } from '../records/batches.ts';
import { type SourcePart, SourceRecords } from './source-records.ts';

/** Which records are sent again, in which run. */
export interface SendingAgain {
  readonly job: Complete;
  readonly part: SourcePart;
  readonly run: RunSoFar;
  readonly signals: RunSignals;
}

/** Where they go to, and who remembers it. */
export interface SendingAgainTo {
  readonly state: State;
  readonly route: Route;
}

/**
 * Delivers those records of a source that are wanted, as a run does: in batches, with repeats, and with dead letters for
 * what is refused. Throws a Failure; what was done by then stays done.
 */
export async function sendAgain(
  sending: SendingAgain,
  { state, route }: SendingAgainTo,
  isWanted: (id: string, values: RecordValues) => boolean,
): Promise<void> {
  const { job, run, signals } = sending;
  const target = suppressing(route.target, job.record);
  const fingerprint = fingerprintOf(job, route.localTime.zone);
  const context = { job, run, state, signals, fingerprint, progress: undefined, route: { ...route, target } };
  await deliver(
    context,
    { acknowledged: (sent, answer) => run.acknowledged(sent, answer, undefined) },
    (send) => readAgain(sending, route, isWanted, send),
  );
  await state.acknowledged(run.job, run.number, run.step({}));
}

async function readAgain(
  { job, part, run, signals }: SendingAgain,
  route: Route,
  isWanted: (id: string, values: RecordValues) => boolean,
  send: (batch: MarkedBatch) => Promise<void>,
): Promise<void> {
  const batches = new Batches(route.limits);
  const ready: MarkedBatch[] = [];
  const marked = (batch: Batch): MarkedBatch => ({
    batch,
    cursor: undefined,
    healed: [],
    reading: { run: run.number, row: run.counts.rows },
  });
  const taker = {
    record: (values: RecordValues, json: string) => {
      const id = String(JSON.parse(values.get('_id') ?? '""'));
      if (!isWanted(id, values)) return;
      run.rowRead();
      const complete = batches.add({ id, json });
      if (complete !== undefined) ready.push(marked(complete));
    },
    notARecord: () => undefined,
    rest: async () => {
      for (const batch of ready.splice(0)) await send(batch);
    },
  };
  await new SourceRecords(job, route, taker, signals.read).read(part, () => undefined);
  const last = batches.rest();
  if (last !== undefined) await send(marked(last));
}
