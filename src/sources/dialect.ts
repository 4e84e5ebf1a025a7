import type { Period } from '../calendar/period.ts';
import type { CatalogueRules } from './catalogue.ts';
import type { PlanReader } from './execution-plan.ts';
import type { ParameterRules } from './parameters.ts';
import type { Driver } from './session.ts';
import type { SqlSyntax } from './sql-tokens.ts';

/**
 * What is known of a kind of database before it is asked anything: pure, so that the configuration can be checked by
 * it.
 */
export interface Dialect {
  /** How the configuration calls it, which is knex's name of the driver. */
  readonly client: string;
  /** What the databases that it reads are called. */
  readonly products: readonly [string, ...string[]];
  readonly address: ServerRules | FileRules;
  readonly syntax: SqlSyntax;
  readonly parameters: ParameterRules;
  readonly catalogue: CatalogueRules;
  /** Whether the database has a clock of its own; otherwise this machine's is the clock. */
  readonly hasClock: boolean;
  /** Whether it types values and not columns, so that a comparison may pass over rows in silence. */
  readonly typesValues: boolean;
  readonly readPlan: PlanReader;
  /** A query for the tables that may be read without naming a schema, and their columns: two texts a row. */
  readonly names: string;
  /**
   * A sentence that says how a query groups by the periods of the job's zone.
   * @param otherwise what helps in any database
   */
  localPeriodRemedy(facts: LocalPeriods, otherwise: string): string;
  /**
   * What talks to the database. It loads the driver's package, so that only a program that reads such a database pays
   * for it.
   */
  driver(): Promise<Driver<unknown>>;
}

/** How the configuration names a server. */
export interface ServerRules {
  readonly kind: 'server';
  /** Of its URLs, in small letters, with their colons; the usual one first. */
  readonly protocols: readonly [string, ...string[]];
  readonly port: number;
  /** A path of a Unix socket, or of its folder, as an example. */
  readonly socket: string;
  /** The file of a Unix socket, by what stands for the host; undefined: the server is reached by the network. */
  socketPath(host: string, port: number): string | undefined;
}

/** The database is a file, which the configuration names. */
export interface FileRules {
  readonly kind: 'file';
  /** What may stand before its path on a command line, in small letters. */
  readonly protocols: readonly string[];
}

/** What to write so that a query groups by the periods of the job's zone. */
export interface LocalPeriods {
  /** The zone of the database, in which its times without one are meant. */
  readonly zone: string;
  readonly period: Period;
  /** The column that holds the time. */
  readonly column: string;
}
