import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { complaintOf } from '../../config/check/complain.ts';
import { configSchema, type DatabaseSection } from '../../config/schema/config-schema.ts';
import { expectation } from '../../config/schema/schema-findings.ts';
import { pathSegment, secret } from '../../config/schema/values.ts';
import { systemReason } from '../../config/yaml/source-file.ts';
import type { AskedDatabase } from '../../first-job/asked-database.ts';
import { type ConfigDraft, configFile } from '../../first-job/config-file.ts';
import { addressExamples, databaseAt } from '../../first-job/database-address.ts';
import type { QueryText } from '../../first-job/plan-query-job.ts';
import { DIALECTS } from '../../sources/dialects.ts';
import { sentence } from '../../words/counts.ts';
import { UsageError } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';
import type { GivenFlags } from './flags.ts';

/** What the command line says of the database, checked. */
export interface Given {
  readonly config: ConfigDraft;
  readonly settings: DatabaseSection;
  readonly asked: Pick<AskedDatabase, 'catalogue' | 'typesValues' | 'zones'>;
}

/** Milliseconds: nobody should wait longer, and no database be kept busy longer, for a first look. */
const PATIENCE = 30_000;
const JOB_ZONE = 'Europe/London';

/** Reads the options by the rules of config.yaml. Throws UsageError. */
export function readGiven(root: string, flags: GivenFlags, terminal: Terminal): Given {
  const { database, writeApi, timezone, dataGroup, token, table, query } = flags;
  if (table !== undefined && query !== undefined)
    throw new UsageError('--table and --query exclude each other', 'Give one of them.');
  if (dataGroup !== undefined) readDataGroup(dataGroup);
  if (token !== undefined) refuseToken(token);
  const address = databaseAt(database, DIALECTS);
  if (address === undefined)
    throw new UsageError(
      '--database names no kind of database that can be read',
      `Give ${addressExamples(DIALECTS)}.`,
    );
  const { dialect, name, at } = address;
  const zones = { database: timezone, job: JOB_ZONE };
  const file = 'filename' in at ? resolve(terminal.directory, at.filename) : undefined;
  const config: ConfigDraft = {
    writeApi,
    database: name,
    client: dialect.client,
    filename: file === undefined ? undefined : pathFrom(root, file, 'filename' in at ? at.filename : ''),
    zones,
  };
  const said = parse(configFile(config));
  said.databases[name].connection = file === undefined ? database : { filename: file };
  const { success, data, error } = configSchema.safeParse(said, { error: expectation });
  const settings = data?.databases[name];
  if (!success || settings === undefined) throw wrongOption(error?.issues[0]);
  return {
    config,
    settings: { ...settings, query_timeout: PATIENCE },
    asked: { catalogue: dialect.catalogue, typesValues: dialect.typesValues, zones },
  };
}

/** Relative where it was given so. */
const pathFrom = (root: string, file: string, given: string): string =>
  isAbsolute(given) ? file : relative(root, file);

type Issue = NonNullable<ReturnType<typeof configSchema.safeParse>['error']>['issues'][number];

function wrongOption(issue: Issue | undefined): UsageError {
  const path = issue?.path ?? [];
  const option =
    path[0] === 'write_api' ? '--write-api' : path.at(-1) === 'timezone' ? '--timezone' : '--database';
  const { expected = issue?.message, suggestion } = (issue && complaintOf(issue)) ?? {};
  return new UsageError(`${option}: expected ${expected}`, sentence(suggestion ?? `correct ${option}`));
}

/** Throws UsageError. */
export function readDataGroup(text: string): string {
  const { success, error } = pathSegment().safeParse(text);
  if (success) return text;
  throw new UsageError(`--data-group: expected ${error.issues[0]?.message}`, ASK_FOR_IT);
}

function refuseToken(text: string): void {
  const { success, error } = secret().safeParse(text);
  if (!success) throw new UsageError(`--token: expected ${error.issues[0]?.message}`, ASK_FOR_IT);
}

const ASK_FOR_IT = 'Those who run the write API tell the data group and the token.';

/** The query in a file. Its job names the file where it lies in the folder of the configuration, else has a copy. */
export function readQuery(root: string, path: string, terminal: Terminal): QueryText {
  const file = resolve(terminal.directory, path);
  const sql = textOf(file, path);
  if (sql.trim() === '') throw new UsageError(`${path} is empty`, 'Write one SELECT into it.');
  const [folder, place] = [realRoot(root), realpathSync(file)];
  const isInside = !relative(folder, place).startsWith('..');
  return {
    name: basename(file, extname(file)),
    sql,
    file: isInside ? relative(join(folder, 'collectors'), place) : undefined,
  };
}

function textOf(file: string, path: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw new UsageError(
      `cannot read ${path}: ${systemReason(error)}`,
      'Give the file of a query with --query.',
    );
  }
}

/** The folder may not be there yet. */
function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    return join(realRoot(dirname(root)), basename(root));
  }
}
