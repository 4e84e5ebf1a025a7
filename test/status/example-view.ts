import type { StoredDeadLetter } from '../../src/model/dead-letter.ts';
import type { JobFigures, JobRecords } from '../../src/model/figures.ts';
import type { Lateness } from '../../src/model/lateness.ts';
import { NO_COUNTS, type RunResult } from '../../src/model/run.ts';
import type { DaemonView, DuePeriods, JobDetail, JobView, PeriodView } from '../../src/status/daemon-view.ts';
import { CURSOR_JOB, exampleJob, SNAPSHOT_JOB } from './example-jobs.ts';

/** The time of the example: a Tuesday morning in November, when London keeps UTC. */
export const NOW = Date.parse('2026-11-17T09:20:00Z');

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MIDNIGHT = Date.parse('2026-11-17T00:00:00Z');
const RUN_OF_TODAY = Date.parse('2026-11-17T06:30:00Z');
const RUN_OF_TOMORROW = RUN_OF_TODAY + DAY;

/** Markup and no space to break at: what a page must survive. */
export const LONG_MESSAGE = `the database refuses the query: ERROR: column "chanel" of <script>alert(1)</script> & "applications" does not exist; ${'application_reference_'.repeat(12)} (SQLSTATE 42703), LINE 3: GROUP BY submitted_on, chanel`;

const DATABASE_REFUSES = {
  side: 'source',
  message: LONG_MESSAGE,
  remedy: 'Correct the query of collectors/completion-rate.yaml; `pp-db-collector preview` shows its rows.',
} as const;

const HOST_IS_DOWN = {
  side: 'target',
  message: 'the write host does not answer: connect ECONNREFUSED 192.0.2.1:443, tried 9 times in 5 minutes',
  remedy: 'Check the write host; nothing is lost, the next run sends the records again.',
} as const;

interface Example extends Partial<JobDetail> {
  /** Newest first. */
  readonly history?: readonly RunResult[];
}

function detailOf(name: string, { history = [], ...over }: Example): JobDetail {
  return {
    name,
    job: exampleJob(name),
    dashboard: undefined,
    problems: [],
    scheduleInWords: 'At 06:30 AM',
    nextRun: RUN_OF_TOMORROW,
    running: undefined,
    runBy: undefined,
    waitingSince: undefined,
    ticksSkipped: 0,
    progress: undefined,
    due: () => over.periods && dueOf(over.periods),
    lastRun: history[0],
    lastSuccessAt: history.find(({ outcome }) => outcome === 'succeeded' || outcome === 'empty')?.endedAt,
    unansweredSince: history[0]?.failure?.unansweredSince,
    recovery: undefined,
    deadLetters: over.letters?.length ?? 0,
    pendingRecords: (over.pending ?? []).reduce((sum, { records }) => sum + records, 0),
    verification: undefined,
    nextVerification: undefined,
    isStale: false,
    letters: [],
    pending: [],
    collected: undefined,
    figures: undefined,
    lateness: undefined,
    periods: [],
    ...over,
  };
}

function runOf(job: string, startedAt: number, over: Partial<RunResult> = {}): RunResult {
  const seconds = 2 + ((startedAt / DAY) % 7);
  return {
    job,
    outcome: 'succeeded',
    startedAt,
    endedAt: startedAt + Math.round(seconds * SECOND),
    window: { from: startedAt - (startedAt % DAY) - 3 * DAY, to: startedAt - (startedAt % DAY) },
    failure: undefined,
    rows: 36,
    records: 36,
    unchanged: 0,
    vanished: 0,
    deadLetters: 0,
    requests: 1,
    bytesSent: 4_711,
    ...over,
  };
}

const NOTHING_MOVED = { ...NO_COUNTS, window: undefined };

/** So many runs, newest first, one every `interval`; `over` changes those that it knows by their place. */
function historyOf(
  job: string,
  count: number,
  over: (place: number) => Partial<RunResult> = () => ({}),
  [newest, interval] = [RUN_OF_TODAY, DAY],
): readonly RunResult[] {
  return Array.from({ length: count }, (_, place) => runOf(job, newest - place * interval, over(place)));
}

/** The days that the job `digital-take-up` has passed over: two, then one. */
const GAPS = [
  { from: MIDNIGHT - 20 * DAY, to: MIDNIGHT - 18 * DAY },
  { from: MIDNIGHT - 12 * DAY, to: MIDNIGHT - 11 * DAY },
];

/** The last 35 days and today, of which some are gaps and the first ten came before the job. */
function periodsWithGaps(): readonly PeriodView[] {
  const isGap = ({ from }: PeriodView) => GAPS.some((gap) => gap.from <= from && from < gap.to);
  return periodsTo(MIDNIGHT - DAY).map((period, index) => {
    if (index < 10) return { ...period, state: 'before' };
    return isGap(period) ? { ...period, state: 'gap' } : period;
  });
}

/** Days are due at the run of their tomorrow. */
function dueOf(periods: readonly PeriodView[]): DuePeriods {
  const owed = periods.filter(({ state }) => state === 'owed');
  const nextAt = (owed[0]?.from ?? MIDNIGHT) + DAY + 6.5 * HOUR;
  return { nextAt, behind: owed.length * DAY };
}

/** The last 35 days and today. */
function periodsTo(collectedTo: number): readonly PeriodView[] {
  return Array.from({ length: 36 }, (_, index) => {
    const from = MIDNIGHT - (35 - index) * DAY;
    const to = from + DAY;
    const state = to > NOW ? 'not-over' : to <= collectedTo ? 'collected' : 'owed';
    return { label: new Date(from).toISOString().slice(0, 10), from, to, state } as const;
  });
}

/** The last 35 days: two of them are not known, one has brought nothing, another one twice as much as usual. */
export const FIGURES: JobFigures = {
  length: 'day',
  periods: Array.from({ length: 35 }, (_, index) => MIDNIGHT - (35 - index) * DAY).flatMap(
    (period, index) => {
      if (index === 8 || index === 9) return [];
      const isWeekend = [0, 6].includes(new Date(period).getUTCDay());
      const records = index === 20 ? 0 : (isWeekend ? 12 : 36) * (index === 28 ? 2 : 1);
      const sums =
        records === 0 ? {} : { count: String(records * 1_043 + index), cost: `${records * 71}.25` };
      return [{ period, records, sums }];
    },
  ),
};

const NOTHING_LATE = { periods: 100, records: 3_600, appeared: 0, changed: 0, vanished: 0, squares: 0 };

/** Of 100 days with 36 records each, and too many that are two days late. */
export const LATENESS: Lateness = {
  length: 'day',
  ages: [
    { ...NOTHING_LATE, periods: 0, records: 0 },
    { ...NOTHING_LATE, appeared: 41, changed: 12, squares: 53 },
    { ...NOTHING_LATE, appeared: 7, changed: 1, vanished: 1, squares: 9 },
  ],
  first: { periods: 100, records: 3_552 },
  looked: {},
};

function letterOf(job: string, id: number, over: Partial<StoredDeadLetter>): StoredDeadLetter {
  return {
    id,
    job,
    run: 4_000 + id,
    overtakenBy: undefined,
    firstSeen: RUN_OF_TODAY - 3 * DAY,
    lastSeen: RUN_OF_TODAY,
    key: `key-${id}`,
    reading: { run: 4_000 + id, row: 1 },
    cause: 'refused',
    reason: 'the write API says: channel is not one of "digital", "paper", "phone"',
    remedy: 'Correct the query or the record section and replay the dead letter, or discard it.',
    content: {
      kind: 'record',
      json: `{"_id":"key-${id}","_timestamp":"2026-11-16T00:00:00Z","channel":"fax","count":12}`,
    },
    window: { from: MIDNIGHT - DAY, to: MIDNIGHT },
    ...over,
  };
}

/** A value of a row, which the pages and the JSON may not show: dead letters hold personal data. */
export const VALUE_OF_A_ROW = 'Ada Lovelace, 12 Example Street';

const LETTERS: readonly StoredDeadLetter[] = [
  letterOf('visits-by-office', 1, {
    cause: 'not-a-record',
    reason: 'the text in column office holds U+0000, which no record may hold',
    remedy: "Remove the character in the query: replace(office, chr(0), '').",
    content: {
      kind: 'row',
      columns: [{ name: 'office', type: 'text', kind: 'text' }],
      row: [VALUE_OF_A_ROW],
    },
  }),
  letterOf('visits-by-office', 2, {}),
  letterOf('visits-by-office', 3, {
    cause: 'server-error',
    reason: 'the write API answers 500 to this record',
  }),
];

const EXAMPLES: Readonly<Record<string, Example>> = {
  'application-events': {
    job: exampleJob('application-events', CURSOR_JOB),
    scheduleInWords: 'Every 15 minutes',
    nextRun: Date.parse('2026-11-17T09:30:00Z'),
    progress: {
      cursor: [
        { kind: 'datetime', text: '2026-11-17 09:09:58.123456' },
        { kind: 'number', text: '123456789012345678' },
      ],
    },
    history: historyOf(
      'application-events',
      60,
      (place) => ({ window: undefined, ...(place % 4 === 1 && { ...NOTHING_MOVED, outcome: 'empty' }) }),
      [Date.parse('2026-11-17T09:15:00Z'), 15 * MINUTE],
    ),
  },
  'applications-waiting': {
    job: exampleJob('applications-waiting', SNAPSHOT_JOB),
    scheduleInWords: 'Every hour',
    nextRun: Date.parse('2026-11-17T10:00:00Z'),
    progress: { collectedTo: Date.parse('2026-11-17T06:00:00Z') },
    pending: [7, 8, 9].map((hour) => ({
      id: hour,
      run: hour + 1,
      takenAt: MIDNIGHT + hour * HOUR,
      mustEmpty: false,
      records: 48,
    })),
    history: historyOf(
      'applications-waiting',
      30,
      (place) => (place < 3 ? { ...NOTHING_MOVED, rows: 48, outcome: 'failed', failure: HOST_IS_DOWN } : {}),
      [Date.parse('2026-11-17T09:00:00Z'), HOUR],
    ),
    isStale: true,
  },
  'call-centre-calls': {
    job: undefined,
    scheduleInWords: undefined,
    nextRun: undefined,
    problems: [
      'collectors/call-centre-calls.yaml:12:13  record.id[1]: expected the name of a record field, got "chanel"; did you mean "channel"?',
      'collectors/call-centre-calls.yaml:3:11  schedule: expected a cron expression, got "30 25 * * *"',
    ],
  },
  'completion-rate': {
    job: exampleJob('completion-rate', {
      description:
        'How many begun applications are <completed> & sent, which has a description so long that it needs more than one line on a phone, and some more words',
    }),
    progress: { collectedTo: MIDNIGHT - DAY },
    periods: periodsTo(MIDNIGHT - DAY),
    history: historyOf('completion-rate', 45, (place) =>
      place === 0 || place === 17 ? { ...NOTHING_MOVED, outcome: 'failed', failure: DATABASE_REFUSES } : {},
    ),
  },
  'cost-per-transaction': {
    job: exampleJob('cost-per-transaction', {
      description: 'What one transaction costs, by quarter',
      schedule: '0 7 1 */3 *',
      window: { period: 'quarter', lookback: 1 },
    }),
    scheduleInWords: 'At 07:00 AM, on day 1 of the month, every 3 months',
    nextRun: Date.parse('2027-01-01T07:00:00Z'),
  },
  'digital-take-up': {
    job: exampleJob('digital-take-up', { window: { period: 'day', lookback: 3 } }),
    running: {
      since: NOW - 3 * MINUTE,
      work: { unit: 'window', done: 7, owed: 24, since: NOW - 3 * MINUTE },
      ...{ ...NO_COUNTS, rows: 252, records: 252, requests: 7, bytesSent: 33_012 },
    },
    nextRun: RUN_OF_TOMORROW,
    progress: { collectedTo: MIDNIGHT - DAY },
    periods: periodsWithGaps(),
    collected: { spans: [{ from: MIDNIGHT - 25 * DAY, to: GAPS[0]?.from ?? 0 }], gaps: GAPS },
    history: historyOf('digital-take-up', 12, undefined, [RUN_OF_TODAY - DAY, DAY]),
  },
  'letters-sent': {
    waitingSince: NOW - 90 * SECOND,
    ticksSkipped: 17,
    progress: { collectedTo: MIDNIGHT },
    periods: periodsTo(MIDNIGHT),
    history: historyOf('letters-sent', 3, (place) =>
      place === 0
        ? { outcome: 'interrupted', rows: 12, records: 12 }
        : place === 1
          ? { ...NOTHING_MOVED, outcome: 'not_ready' }
          : {},
    ),
  },
  'only-by-hand': {
    job: exampleJob('only-by-hand', { schedule: undefined, enabled: true }),
    scheduleInWords: undefined,
    nextRun: undefined,
    history: [
      runOf('only-by-hand', NOW - 200 * DAY, {
        ...NOTHING_MOVED,
        outcome: 'skipped',
        failure: {
          side: 'internal',
          message: 'another run goes on: process 4711 on host reporting-1',
          remedy: undefined,
        },
      }),
    ],
  },
  'switched-off': {
    job: exampleJob('switched-off', { description: 'A job with enabled: false', enabled: false }),
    nextRun: undefined,
  },
  'transactions-by-channel': {
    dashboard: 'https://numbers.example/dashboards/carers-allowance',
    job: exampleJob('transactions-by-channel', {
      description: "Carer's Allowance applications by channel, per day",
    }),
    progress: { collectedTo: MIDNIGHT },
    periods: periodsTo(MIDNIGHT),
    figures: FIGURES,
    lateness: LATENESS,
    history: historyOf('transactions-by-channel', 60, (place) => ({
      rows: 1_234_567 - place,
      records: 1_234_567 - place,
    })),
  },
  'user-satisfaction': {
    progress: { collectedTo: MIDNIGHT - 6 * DAY },
    periods: periodsTo(MIDNIGHT - 6 * DAY),
    history: historyOf('user-satisfaction', 40, (place) =>
      place < 6 ? { ...NOTHING_MOVED, outcome: 'not_ready' } : {},
    ),
    isStale: true,
  },
  'visits-by-office': {
    progress: { collectedTo: MIDNIGHT },
    periods: periodsTo(MIDNIGHT),
    letters: LETTERS,
    history: historyOf('visits-by-office', 20, (place) =>
      place < 2 ? { outcome: 'partial', records: 33, deadLetters: 3 } : {},
    ),
  },
};

const DETAILS = new Map(Object.entries(EXAMPLES).map(([name, example]) => [name, detailOf(name, example)]));

/** A daemon with a job in every situation; what a test needs to be different is given. */
export function exampleView(over: Partial<DaemonView> = {}): DaemonView {
  return {
    version: '1.2.3',
    startedAt: NOW - 3 * DAY,
    now: () => NOW,
    zone: () => ({ zone: 'Europe/London', zoneName: 'Europe/London' }),
    replicas: () => [],
    notReadyBecause: () => undefined,
    checkHealth: async () => undefined,
    hasStateServer: () => false,
    writeApiDownSince: () => undefined,
    lastReload: () => ({ at: NOW - 2 * HOUR, problems: [] }),
    jobs: async () => [...DETAILS.values()].map(viewOf),
    job: async (name) => DETAILS.get(name),
    recentRecords: async (names) =>
      new Map(names.flatMap((name) => recordsOf(DETAILS.get(name)?.figures, name))),
    recentRuns: async (name) => (EXAMPLES[name]?.history ?? []).slice(0, 30),
    runs: async (name, limit) => (EXAMPLES[name]?.history ?? []).slice(0, limit),
    runNow: async (name) => {
      const detail = DETAILS.get(name);
      if (detail?.job === undefined) return 'unknown';
      return detail.running === undefined ? 'queued' : 'already-running';
    },
    ...over,
  };
}

/** The newest 30 periods. */
const recordsOf = (figures: JobFigures | undefined, name: string): [string, JobRecords][] =>
  figures === undefined ? [] : [[name, { ...figures, periods: figures.periods.slice(-30) }]];

/** The same without what only its own page needs, as the daemon gives it. */
function viewOf(detail: JobDetail): JobView {
  const {
    letters: _,
    pending: __,
    periods: ___,
    collected: ____,
    figures: _____,
    lateness: ______,
    ...view
  } = detail;
  return view;
}

/** A daemon in which everything is well. */
export function healthyView(over: Partial<DaemonView> = {}): DaemonView {
  const detail = detailOf('transactions-by-channel', EXAMPLES['transactions-by-channel'] ?? {});
  return exampleView({
    jobs: async () => [viewOf(detail)],
    job: async (name) => (name === detail.name ? detail : undefined),
    ...over,
  });
}
