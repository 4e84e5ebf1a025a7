import Database from 'better-sqlite3';
import { formatDate, parseDate } from '../calendar/date-time.ts';
import { addPeriods, startOfPeriod } from '../calendar/period.ts';
import { type DayOfService, dayOfService } from './day-of-service.ts';

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
    channel varchar(20) NOT NULL
  );
  CREATE INDEX applications_by_time ON applications (submitted_at);
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

const DAY = 86_400_000;
const YEARS = 3;

/**
 * Creates the database and fills it with the three years that end yesterday. Each day depends on its date alone: the same
 * day gives the same rows on every machine.
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
      'INSERT INTO applications (submitted_on, submitted_at, channel) VALUES (?, ?, ?)',
    ),
    journeys: database.prepare('INSERT INTO online_journeys VALUES (?, ?, ?)'),
    survey: database.prepare('INSERT INTO satisfaction_surveys VALUES (?, ?, ?)'),
    cost: database.prepare('INSERT INTO running_costs VALUES (?, ?)'),
  };
  for (let date = from; date < to; date = addPeriods('day', date, 1)) {
    const day = formatDate(date);
    const starts = (['week', 'month', 'quarter'] as const).map((period) =>
      formatDate(startOfPeriod(period, date)),
    );
    const facts: DayOfService = dayOfService(day);
    insert.calendar.run(day, ...starts);
    for (const { time, channel } of facts.applications)
      insert.application.run(day, `${day} ${time}`, channel);
    insert.journeys.run(day, facts.journeysStarted, facts.journeysCompleted);
    for (const [index, answers] of facts.ratings.entries()) insert.survey.run(day, index + 1, answers);
    insert.cost.run(day, facts.costInPence);
  }
}
