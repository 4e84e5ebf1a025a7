import type { ProblemCode } from './finding.ts';

/** What a kind of mistake is, for people who meet its code. */
export interface ProblemKind {
  readonly meaning: string;
  /** What to do instead, in sentences. */
  readonly action: string;
  /** A mistake of the kind: a file, and a part of it that makes the whole file wrong. */
  readonly example: { readonly file: string; readonly text: string };
}

const inConfig = (text: string) => ({ file: 'config.yaml', text });
const CURSOR = 'cursor: { columns: [id], start: [0] }';
const inDashboard = (text: string) => ({ file: 'dashboards/visits.yaml', text });
const inJob = (text: string) => ({ file: 'collectors/visits.yaml', text });

/** Every kind of mistake that configuration files can have. */
export const PROBLEM_KINDS: Readonly<Record<ProblemCode, ProblemKind>> = {
  'unreadable-file': {
    meaning: 'A file or folder that the configuration names, or the file itself, cannot be read.',
    action: 'Check that it exists and that the user of pp-db-collector may read it.',
    example: inConfig('collectors: no-such-folder'),
  },
  'yaml-syntax': {
    meaning:
      'The file is not YAML 1.2, or uses a part of it that is not taken here (tags, several documents).',
    action:
      'Change what the message names; put quotes around texts with special characters, such as a schedule.',
    example: inJob('schedule: */5 * * * *'),
  },
  'duplicate-key': {
    meaning: 'The same key, field or name stands twice in one place; it is not clear which of them is meant.',
    action: 'Remove one of the two.',
    example: inJob('description: Visits per day\ndescription: Visits per week'),
  },
  'unset-variable': {
    meaning: 'A value is taken from an environment variable that is not set.',
    action:
      'Set the variable where pp-db-collector is started or in a file .env beside the configuration, or give a ' +
      'default with ${NAME:-default}.',
    example: inConfig('log: { level: "${LEVEL_OF_LOG}" }'),
  },
  'bad-expansion': {
    meaning: 'After ${ stands something that is no reference.',
    action:
      'Write ${NAME}, ${NAME:-default}, ${NAME:?message} or ${file:PATH}; write $${ for a ${ that is meant as it ' +
      'stands.',
    example: inJob('description: the share in ${per cent}'),
  },
  'unknown-key': {
    meaning: 'There is no such key in this place: it is mistyped, or belongs one level higher or lower.',
    action:
      'Take the key that the message suggests; `pp-db-collector schema config`, `schema job` and `schema ' +
      'dashboard` list all keys.',
    example: inJob('shedule: "30 6 * * *"'),
  },
  'missing-key': {
    meaning: 'A key that must be there is not.',
    action: 'Add the key; in job files it may also stand in the defaults.yaml of the folder.',
    example: inJob('data_set: { data_group: my-service, data_type: visits }'),
  },
  'wrong-value': {
    meaning: 'The value under a known key is not one that the key takes.',
    action:
      'Write what the message says was expected. A schedule has the rules of cron: with a day of the month and a ' +
      'day of the week it ticks on either, unless one of them begins with *, which makes it both; `jobs` tells a ' +
      'schedule in words.',
    example: inJob('window: { period: fortnight }'),
  },
  contradiction: {
    meaning: 'Two keys, or a key and the query, do not go together, although each alone is right.',
    action: 'Remove or change one of the two.',
    example: inJob(
      'record: { timestamp: day, id: [_timestamp], fields: { number: count }, omit: [channel] }',
    ),
  },
  'unknown-database': {
    meaning: 'A job names a database that config.yaml does not have.',
    action: 'Write one of the names under databases of config.yaml, or add the database there.',
    example: inJob('database: no-such-database'),
  },
  'unknown-data-set': {
    meaning: 'A module of a dashboard names a data set that write-api.yaml does not have.',
    action: 'Write data_group/data_type of one of data_sets of write-api.yaml, or add the data set there.',
    example: inDashboard(
      'modules: [{ type: kpi, title: Visits, data_set: my-service/visit, period: month }]',
    ),
  },
  'unknown-field': {
    meaning: 'record.id or record.suppress names a field that the record does not have.',
    action: 'Name _timestamp or fields of record.fields: names of fields, not of columns.',
    example: inJob('record: { timestamp: day, id: [_timestamp, chanel], fields: { channel: channel } }'),
  },
  'unknown-parameter': {
    meaning: 'The query has a parameter that nothing is bound to.',
    action:
      'Use :from, :to, :from_date and :to_date in window jobs, the cursor columns and with a lag :until in cursor ' +
      'jobs, :timezone in all; put other texts with a colon in quotes.',
    example: inJob('query: SELECT day, channel FROM visits WHERE day >= :start'),
  },
  'unused-parameters': {
    meaning:
      'The query does not compare its rows with both ends of the window, so that other rows come with them and ' +
      'become dead letters; with window.allow_outside only a warning, if it uses none of the parameters. Or the ' +
      'query of a cursor job does not begin behind the cursor, which is a warning.',
    action:
      'Compare the time of the rows with :from and :to, or their date with :from_date and :to_date; in cursor jobs ' +
      'the cursor columns with their parameters.',
    example: inJob('query: SELECT day, channel FROM visits'),
  },
  'unordered-query': {
    meaning:
      'The query of a cursor job has no ORDER BY. A database gives rows in any order then, and a run fails at the ' +
      'first row that is out of order. A warning.',
    action: 'End the query with ORDER BY and the cursor columns, in their order.',
    example: inJob(`${CURSOR}\nquery: SELECT id, day, channel FROM visits WHERE id > :id`),
  },
  'job-name': {
    meaning: 'The name of a job is the name of its file, and this one cannot be a name or is taken.',
    action: 'Rename the file: small letters, digits and -, as no other job file, in any folder.',
    example: { file: 'collectors/Visits.yaml', text: 'description: A file name with a capital letter' },
  },
  'dashboard-name': {
    meaning:
      'The end of a dashboard’s address is the name of its file, and this one cannot be one or is taken.',
    action: 'Rename the file: small letters, digits and -, as no other dashboard, in any folder.',
    example: { file: 'dashboards/Visits.yaml', text: 'tagline: A file name with a capital letter' },
  },
  'no-dashboards': {
    meaning: 'The folder of dashboards has none. A warning.',
    action: 'Add a file *.yaml to the folder, or name the right folder under dashboards of write-api.yaml.',
    example: { file: 'write-api.yaml', text: 'dashboards: schema' },
  },
  'no-jobs': {
    meaning: 'The folder of job files has none. A warning.',
    action: 'Add a job file *.yaml to the folder, or name the right folder under collectors of config.yaml.',
    example: inConfig('collectors: schema'),
  },
  'stray-file': {
    meaning:
      'A file in the folder of job files, or of dashboards, looks like one and is not read, because its name does ' +
      'not end in .yaml or .yml. A warning.',
    action: 'Rename the file, e.g. to visits.yaml, or move it elsewhere.',
    example: { file: 'collectors/visits.json', text: '{}' },
  },
  'stray-line': {
    meaning:
      'A line of a .env file is passed over, or is not what it seems, because it is not NAME=value with a name of ' +
      'letters, digits and _. A warning.',
    action:
      'Write NAME=value, the value in quotes when it holds a # or goes over several lines; begin a comment with #.',
    example: { file: '.env', text: 'VISITS_TOKEN: 0a1b2c' },
  },
  'exposed-secret': {
    meaning: 'A secret stands in a file that others on the machine can read. A warning.',
    action:
      'Write ${NAME} or ${file:PATH} in its place, or take the right to read away: chmod o-r FILE, and chmod 600 ' +
      'of a .env file.',
    example: inJob('data_set: { data_group: my-service, data_type: visits, token: 0a1b2c }'),
  },
  placeholder: {
    meaning:
      'In the place of a secret stands what other programs or people write for "to be put in here": $NAME, ' +
      '%{NAME}, {{NAME}}, <NAME>. It would be used as it stands. A warning.',
    action:
      'Write ${NAME} for the value of an environment variable, or ${file:PATH} for the content of a file.',
    example: inJob('data_set: { data_group: my-service, data_type: visits, token: $VISITS_TOKEN }'),
  },
};
