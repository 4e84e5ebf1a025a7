import { MINUTE } from '../../calendar/durations.ts';
import type { JobView } from '../daemon-view.ts';

/** How long it is told that somebody answers again. */
const RECENT = 30 * MINUTE;

/** A write API or database that does not answer, or did not until a while ago. */
export interface Outage {
  readonly side: 'source' | 'target';
  /** `the write API`, `the database benefits` */
  readonly subject: string;
  /** Epoch milliseconds. */
  readonly since: number;
  /** When it answered again; undefined while it does not. */
  readonly until: number | undefined;
  /** Jobs that have had no answer yet. */
  readonly waiting: readonly JobView[];
  /** Jobs that had none, and have done since what they had to do. */
  readonly recovered: readonly JobView[];
}

/** What several jobs ask for their rows, or give their records to. */
interface Place extends Pick<Outage, 'side' | 'subject'> {
  readonly jobs: readonly JobView[];
  /** Since when requests are held back, because they failed in a row. */
  readonly downSince: number | undefined;
}

/** Told from the last runs of all jobs, and from what the requests of this moment meet. */
export function outagesOf(
  jobs: readonly JobView[],
  writeApiDownSince: number | undefined,
  now: number,
): readonly Outage[] {
  const databases = Map.groupBy(jobs, ({ job }) => job?.database);
  const places: Place[] = [
    { side: 'target', subject: 'the write API', jobs, downSince: writeApiDownSince },
    ...[...databases.values()].map((own): Place => {
      const { job } = own[0] ?? {};
      const name = (job?.shown ?? job)?.database;
      return { side: 'source', subject: `the database ${name}`, jobs: own, downSince: undefined };
    }),
  ];
  return places.flatMap((place) => outageOf(place, now) ?? []);
}

function outageOf({ side, subject, jobs, downSince }: Place, now: number): Outage | undefined {
  const isDown = downSince !== undefined;
  const failed = jobs.filter((view) => isUnanswered(view) && view.lastRun?.failure?.side === side);
  const recovered = jobs.filter(
    (view) => !isUnanswered(view) && view.recovery?.side === side && now - view.recovery.at < RECENT,
  );
  if (!isDown && failed.length === 0 && recovered.length === 0) return undefined;
  // A job that has recovered may have had nothing to ask for since.
  const answers = [
    ...jobs.map((view) => answeredAt(view, side)),
    ...recovered.map(({ recovery }) => recovery?.at),
  ];
  const answered = latest(answers);
  if (isDown || latest(failed.map(({ lastRun }) => lastRun?.endedAt)) >= answered) {
    const first = Math.min(downSince ?? now, ...failed.map(({ unansweredSince }) => unansweredSince ?? now));
    const held = isDown ? jobs.filter((view) => view.running !== undefined) : [];
    const waiting = [...new Set([...failed, ...held])];
    return { side, subject, since: Math.max(first, answered), until: undefined, waiting, recovered: [] };
  }
  const until = Math.min(answered, ...recovered.map(({ recovery }) => recovery?.at ?? now));
  if (now - until >= RECENT && !failed.some(isAtWork)) return undefined;
  const since = Math.min(...recovered.map(({ recovery }) => recovery?.since ?? now));
  return { side, subject, since, until, waiting: failed, recovered };
}

/** Whether the last run failed because nobody answered it. */
export const isUnanswered = ({ unansweredSince }: JobView): boolean => unansweredSince !== undefined;

export const isAtWork = ({ running, waitingSince }: JobView): boolean =>
  running !== undefined || waitingSince !== undefined;

/** When the last run of a job is known to have had an answer of a side. */
function answeredAt({ lastRun, lastSuccessAt }: JobView, side: Outage['side']): number | undefined {
  if (lastRun === undefined) return undefined;
  const { failure, endedAt, requests, rows } = lastRun;
  if (side === 'source') return failure?.side !== 'source' && rows > 0 ? endedAt : lastSuccessAt;
  if (failure === undefined) return requests > 0 ? endedAt : undefined;
  return failure.side === 'refused' ? endedAt : undefined;
}

const latest = (times: readonly (number | undefined)[]): number =>
  times.reduce<number>((newest, time = 0) => Math.max(newest, time), 0);
