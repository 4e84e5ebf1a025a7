import { SECOND } from '../calendar/durations.ts';
import { type Ask, milliseconds } from './database.ts';

/** A process that takes part, or did. Times are epoch milliseconds by the database's clock. */
export interface Replica {
  readonly id: string;
  /** For people, such as `process 4711 on host reporting-1`. */
  readonly holder: string;
  readonly startedAt: number;
  readonly seenAt: number;
  /** What tells its configuration from others. */
  readonly configuration: string;
  /** Since when that is in force there. */
  readonly configurationSince: number;
  readonly isAlive: boolean;
}

/** After as long without a sign a replica is taken to be gone, milliseconds. */
export const SILENCE = 20 * SECOND;

/** The list of replicas, and this one's place in it. */
export class Members {
  readonly #ask: Ask;
  readonly #id: string;
  readonly #holder: string;

  /** @param id a UUID that no other process has @param holder this process, for people */
  constructor(ask: Ask, id: string, holder: string) {
    this.#ask = ask;
    this.#id = id;
    this.#holder = holder;
  }

  get id(): string {
    return this.#id;
  }

  /** Says that this replica is there, and with which configuration. Gives all that were seen within a day. */
  async greet(configuration: string): Promise<readonly Replica[]> {
    await this.#ask(
      `INSERT INTO pp_db_collector.replicas AS known (id, holder, started, seen, configuration, configuration_since)
       VALUES ($1, $2, clock_timestamp(), clock_timestamp(), $3, clock_timestamp())
       ON CONFLICT (id) DO UPDATE SET seen = excluded.seen, configuration = excluded.configuration,
         configuration_since = CASE WHEN known.configuration = excluded.configuration
           THEN known.configuration_since ELSE excluded.configuration_since END`,
      [this.#id, this.#holder, configuration],
    );
    await this.#ask("DELETE FROM pp_db_collector.replicas WHERE seen < clock_timestamp() - interval '1 day'");
    const { rows } = await this.#ask(
      `SELECT id, holder, configuration, ${milliseconds('started')} AS "startedAt", ${milliseconds('seen')} AS "seenAt",
         ${milliseconds('configuration_since')} AS "configurationSince",
         seen > clock_timestamp() - ${SILENCE} * interval '1 millisecond' AS "isAlive"
       FROM pp_db_collector.replicas ORDER BY started, id`,
    );
    return rows as readonly Replica[];
  }

  async leave(): Promise<void> {
    await this.#ask('DELETE FROM pp_db_collector.replicas WHERE id = $1', [this.#id]);
  }
}
