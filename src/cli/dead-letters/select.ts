import { namesLike, nearestName } from '../../config/nearest-name.ts';
import type { StoredDeadLetter } from '../../model/dead-letter.ts';
import type { State } from '../../model/state.ts';
import { UsageError } from '../shell/exit-codes.ts';
import type { Setting } from '../shell/setting.ts';

/** Which dead letters a command line names. */
export interface LetterSelection {
  readonly job: string | undefined;
  readonly id: number | undefined;
  /** Oldest first. */
  readonly letters: readonly StoredDeadLetter[];
}

/**
 * The dead letters that `[JOB] [ID]` names; an ID may stand alone, and a job whose name is a number goes first. Jobs
 * that are configured no more may have dead letters, too. Throws UsageError.
 */
export async function selectLetters(
  [first, second]: readonly (string | undefined)[],
  state: State,
  { config, wrongJobs }: Setting,
): Promise<LetterSelection> {
  const counts = await state.countDeadLetters();
  const jobs = new Set([...config.jobs.map(({ name }) => name), ...wrongJobs, ...counts.keys()]);
  const isId = second === undefined && first !== undefined && !jobs.has(first) && /^\d+$/.test(first);
  const job = isId ? undefined : first;
  const id = isId ? Number(first) : second && idOf(second);
  if (job !== undefined && !jobs.has(job)) throw noSuchJob(job, jobs);
  const selection = { job, id: id === '' ? undefined : id };
  const letters = await state.deadLetters(selection);
  if (selection.id !== undefined && letters.length === 0) throw await noSuchLetter(selection.id, job, state);
  return { ...selection, letters };
}

function idOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(
    `${JSON.stringify(text)} is not the ID of a dead letter`,
    'Give the number that dead-letters list shows.',
  );
}

function noSuchJob(name: string, jobs: ReadonlySet<string>): UsageError {
  const nearest = nearestName(name, jobs);
  const guess =
    nearest === undefined ? `The jobs are: ${namesLike(name, jobs)}.` : `Did you mean ${nearest}?`;
  return new UsageError(`there is no job ${JSON.stringify(name)}`, guess);
}

async function noSuchLetter(id: number, job: string | undefined, state: State): Promise<UsageError> {
  const [other] = job === undefined ? [] : await state.deadLetters({ id });
  return new UsageError(
    `there is no dead letter ${id}${job === undefined ? '' : ` of ${job}`}`,
    other === undefined
      ? 'It may have been delivered since; dead-letters list shows those there are.'
      : `Dead letter ${id} is one of ${other.job}.`,
  );
}
