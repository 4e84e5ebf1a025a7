import { completedBy } from '../../collect/complete-job.ts';
import {
  type ChangedFact,
  changedFacts,
  fingerprintOf,
  isOfPosition,
  isOfPositionAlone,
} from '../../collect/fingerprint.ts';
import type { Complete, Job } from '../../config/config.ts';
import { standsAtRow } from '../../model/mode.ts';
import type { Progress } from '../../model/progress.ts';
import type { State } from '../../model/state.ts';
import type { ExitCode } from '../shell/exit-codes.ts';
import type { Setting } from '../shell/setting.ts';
import { withStop } from '../shell/stop-signals.ts';
import { withStations } from '../wiring.ts';
import { changeProgress } from './change.ts';
import { asLines, keptText, resetEffect } from './effects.ts';

/** `state accept`: lets a job go on although what determines its ids has changed. */
export function acceptState(
  name: string,
  flags: { readonly yes?: boolean },
  setting: Setting,
): Promise<ExitCode> {
  const { config, terminal } = setting;
  return changeProgress(name, flags.yes === true, setting, async (written, before, state) => {
    const job = await completedNow(written, setting);
    const fingerprint = fingerprintOf(job, config.databases[job.database]?.timezone ?? 'UTC');
    const changes = before?.fingerprint === undefined ? [] : changedFacts(before.fingerprint, fingerprint);
    if (before === undefined || changes.length === 0) {
      terminal.tell(`${name}: nothing to accept, the ids are what they were\n`);
      return undefined;
    }
    const progress = { ...positionKept(job, before, changes), fingerprint };
    const effect =
      asLines(changes.map(({ text }) => text)) +
      asLines([stayingText(job, before)]) +
      droppedText(job, before, progress, config.schedule.timezone) +
      (await keptText(job.name, state)) +
      (changes.every((fact) => isOfPositionAlone(job, fact)) ? '' : await withheldText(job.name, state));
    const elsewhere = oldDataSet(before) !== undefined && oldDataSet(before) !== dataSetOf(job);
    return { progress, elsewhere, effect, done: 'accepted; the next run goes on' };
  });
}

/** What a job leaves out is what its query tells now, which the database is asked for where it must be. */
const completedNow = (job: Job, setting: Setting): Promise<Complete> =>
  withStop(({ signal }) =>
    withStations(setting, (stations) => completedBy(stations.routeOf(job), job, Date.now(), signal)),
  );

/** A position that means something else now is dropped. */
function positionKept(
  job: Complete,
  { collectedTo, cursor }: Progress,
  changes: readonly ChangedFact[],
): Progress {
  if (!standsAtRow(job)) return { collectedTo };
  return changes.some(isOfPosition) ? {} : { cursor };
}

const dataSetOf = ({ data_set }: Job): string => `${data_set.data_group}/${data_set.data_type}`;

/** Undefined: nobody knows. */
const oldDataSet = ({ fingerprint }: Progress): string | undefined =>
  (JSON.parse(fingerprint ?? '{}') as { data_set?: string }).data_set;

function stayingText(job: Job, before: Progress): string {
  const [old, now] = [oldDataSet(before), dataSetOf(job)];
  return old !== undefined && old !== now
    ? `the records sent so far stay in ${old}; from here on they go to ${now}`
    : `the records sent so far stay in ${now} with their old _id, beside those that have a new one, unless ` +
        'somebody empties the data set';
}

/** What was made by the old rules is not sent by the new ones. */
async function withheldText(name: string, state: State): Promise<string> {
  const letters = await state.deadLetters({ job: name });
  const records = letters.filter(({ content }) => content.kind === 'record').length;
  const pending = await state.pendingOf(name);
  if (records === 0 && pending.length === 0) return '';
  return asLines([
    '! records that wait, or were refused, are not sent any more: they were made for before; change it back to ' +
      `deliver them first, or discard them (state discard ${name}, dead-letters discard ${name})`,
  ]);
}

function droppedText(job: Job, before: Progress, after: Progress, clock: string): string {
  const isDropped =
    (before.cursor !== undefined && after.cursor === undefined) ||
    (before.collectedTo !== undefined && after.collectedTo === undefined);
  if (!isDropped) return '';
  return (
    asLines(['the position is dropped, because it means something else now']) +
    resetEffect(job, { now: Date.now(), clock }, before)
  );
}
