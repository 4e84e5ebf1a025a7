import Database from 'better-sqlite3';
import { formatDate, parseDate } from '../calendar/date-time.ts';
import { DAY } from '../calendar/durations.ts';
import { addPeriods, startOfPeriod } from '../calendar/period.ts';
import { type Application, type DayOfService, dayOfService } from './day-of-service.ts';

/** The reporting database of a fictional service, as a department might have it: facts by date, and a calendar. */
const SCHEMA = `
  CREATE TABLE calendar (
    day date PRIMARY KEY,
    week_start date NOT NULL,
    month_start date NOT NULL,
    quarter_start date NOT NULL
  );
  CREATE TABLE applications (
    id integer PRIMARY KEY,
    submitted_on date NOT NULL,
    submitted_at datetime NOT NULL,
    channel varchar(20) NOT NULL,
    decided_on date
  );
  CREATE INDEX applications_by_time ON applications (submitted_at);
  CREATE INDEX applications_by_date ON applications (submitted_on);
  CREATE TABLE application_events (
    id integer PRIMARY KEY,
    recorded_at datetime NOT NULL,
    event varchar(20) NOT NULL,
    channel varchar(20) NOT NULL
  );
  CREATE INDEX application_events_by_time ON application_events (recorded_at, id);
  CREATE TABLE online_journeys (
    started_on date PRIMARY KEY,
    started integer NOT NULL,
    completed integer NOT NULL
  );
  CREATE TABLE satisfaction_surveys (
    answered_on date NOT NULL,
    rating integer NOT NULL,
    answers integer NOT NULL,
    PRIMARY KEY (answered_on, rating)
  );
  CREATE TABLE running_costs (
    paid_on date PRIMARY KEY,
    pence integer NOT NULL
  );`;

const YEARS = 3;
/** Events are kept for a while only, as in many services. */
const DAYS_OF_EVENTS = 90;

/**
 * Creates the database and fills it with the three years that end yesterday. Each day depends on its date alone: the
 * same day gives the same rows on every machine, but for what is not decided yet.
 *
 * @param now epoch milliseconds
 */
export function createServiceDatabase(file: string, now: number): void {
  const database = new Database(file);
  try {
    database.pragma('journal_mode = WAL');
    database.exec(SCHEMA);
    const today = startOfPeriod('day', now);
    const fill = database.transaction(() => fillDays(database, yearsBefore(today), today));
    fill();
  } finally {
    database.close();
  }
}

function yearsBefore(date: number): number {
  const [year = '', ...rest] = formatDate(date).split('-');
  return parseDate([Number(year) - YEARS, ...rest].join('-')) ?? date - YEARS * 365 * DAY;
}

function fillDays(database: Database.Database, from: number, to: number): void {
  const insert = {
    calendar: database.prepare('INSERT INTO calendar VALUES (?, ?, ?, ?)'),
    application: database.prepare(
      'INSERT INTO applications (submitted_on, submitted_at, channel, decided_on) VALUES (?, ?, ?, ?)',
    ),
    journeys: database.prepare('INSERT INTO online_journeys VALUES (?, ?, ?)'),
    survey: database.prepare('INSERT INTO satisfaction_surveys VALUES (?, ?, ?)'),
    cost: database.prepare('INSERT INTO running_costs VALUES (?, ?)'),
  };
  const events: ServiceEvent[] = [];
  for (let date = from; date < to; date = addPeriods('day', date, 1)) {
    const day = formatDate(date);
    const starts = (['week', 'month', 'quarter'] as const).map((period) =>
      formatDate(startOfPeriod(period, date)),
    );
    const facts: DayOfService = dayOfService(day);
    insert.calendar.run(day, ...starts);
    for (const application of facts.applications) {
      const { submittedAt, decidedAt, channel } = lifeOf(application, date, to);
      insert.application.run(day, submittedAt, channel, decidedAt?.slice(0, 10) ?? null);
      events.push({ at: submittedAt, event: 'received', channel });
      if (decidedAt !== undefined) events.push({ at: decidedAt, event: 'decided', channel });
    }
    if (facts.journeys !== undefined)
      insert.journeys.run(day, facts.journeys.started, facts.journeys.completed);
    for (const [index, answers] of facts.ratings.entries()) insert.survey.run(day, index + 1, answers);
    insert.cost.run(day, facts.costInPence);
  }
  const firstKept = formatDate(addPeriods('day', to, -DAYS_OF_EVENTS));
  fillEvents(
    database,
    events.filter(({ at }) => at >= firstKept),
  );
}

interface ServiceEvent {
  readonly at: string;
  readonly event: 'received' | 'decided';
  readonly channel: string;
}

/** In the order of time, as they were recorded. */
function fillEvents(database: Database.Database, events: readonly ServiceEvent[]): void {
  const insert = database.prepare(
    'INSERT INTO application_events (recorded_at, event, channel) VALUES (?, ?, ?)',
  );
  const ordered = events.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  for (const { at, event, channel } of ordered) insert.run(at, event, channel);
}

/** When an application came and, if that was before `today`, when it was decided. */
function lifeOf({ time, channel, decision }: Application, date: number, today: number) {
  const decidedOn = addPeriods('day', date, decision.days);
  const decidedAt = decidedOn < today ? `${formatDate(decidedOn)} ${decision.time}` : undefined;
  return { submittedAt: `${formatDate(date)} ${time}`, decidedAt, channel };
}
