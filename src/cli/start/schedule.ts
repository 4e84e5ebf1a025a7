import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import type { State } from '../../model/state.ts';
import { logDefect } from '../../observe/log-events.ts';
import { log } from '../../observe/logger.ts';
import { MESSAGES } from '../../observe/messages/catalogue.ts';
import type { Replica } from '../../replicas/members.ts';
import type { ScheduleEngine, StartRun } from '../../schedule/engine.ts';
import { LocalEngine } from '../../schedule/local-engine.ts';
import type { ScheduleObserver } from '../../schedule/scheduler-interface.ts';
import type { ReplicaView } from '../../status/daemon-view.ts';
import type { HostCompany } from '../../write-api/host-company.ts';
import { openSharedDatabase } from '../wiring.ts';

/** Who decides when jobs run, and by which clock. */
export interface Schedule {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly engine: (start: StartRun, observer: ScheduleObserver) => ScheduleEngine;
  /** This replica and the others, as they were last seen; none where nothing is shared. */
  readonly replicas: () => readonly ReplicaView[];
  /** Those who send to the same write host, by its address; undefined: nobody. */
  readonly company: ((host: string) => HostCompany) | undefined;
}

/** The schedule that the configuration asks for. Connects to nothing yet. */
export async function openSchedule(config: Config, state: State, logger: Logger): Promise<Schedule> {
  return config.schedule.engine === 'local'
    ? localSchedule(logger)
    : await sharedSchedule(config, state, logger);
}

function localSchedule(logger: Logger): Schedule {
  const onDefect = (error: unknown) => logDefect(logger, error);
  return {
    now: Date.now,
    engine: (start, observer) =>
      new LocalEngine({ now: Date.now, random: Math.random, observer, onDefect }, start),
    replicas: () => [],
    company: undefined,
  };
}

async function sharedSchedule(config: Config, state: State, logger: Logger): Promise<Schedule> {
  const { DatabaseClock } = await import('../../replicas/database-clock.ts');
  const { Members } = await import('../../replicas/members.ts');
  const { hasSucceededSince, lastStarts } = await import('../../replicas/past-runs.ts');
  const { SharedEngine } = await import('../../replicas/shared-engine.ts');
  const { ownIdentity } = await import('../../state/process-identity.ts');
  const { writeHostCompany } = await import('../../replicas/write-host-company.ts');
  const database = await openSharedDatabase(config);
  const clock = new DatabaseClock(() => performance.now());
  const members = new Members(database.ask, randomUUID(), ownIdentity().holder);
  let replicas: readonly Replica[] = [];
  const strangers = new Set<string>();
  const onReplicas = (known: readonly Replica[]) => {
    replicas = known;
    const own = known.find(({ id }) => id === members.id)?.configuration;
    for (const { id, holder, configuration, isAlive } of known) {
      const stranger = `${id} ${configuration} ${own}`;
      if (!isAlive || configuration === own || strangers.has(stranger)) continue;
      strangers.add(stranger);
      log(logger, MESSAGES.otherConfiguration, { replica: holder });
    }
  };
  let isOut = false;
  const onTrouble = (error: Error | undefined) => {
    if (error === undefined && isOut) log(logger, MESSAGES.replicaBack, {});
    if (error !== undefined && !isOut)
      log(logger, MESSAGES.replicaOut, {
        reason: error.message,
        remedy: 'remedy' in error ? error.remedy : undefined,
      });
    isOut = error !== undefined;
  };
  return {
    // The clocks of replicas may differ. That of the database is the same for all.
    now: () => (clock.isKnown ? clock.now() : Date.now()),
    engine: (start, observer) =>
      new SharedEngine(
        {
          ...{ database, clock, members, observer, onTrouble, onReplicas },
          hasSucceededSince: (name, since) => hasSucceededSince(state, name, since),
          lastStarts: (names) => lastStarts(state, names),
        },
        start,
      ),
    replicas: () => viewsOf(replicas, members.id),
    company: (host) => writeHostCompany(database.ask, host),
  };
}

function viewsOf(replicas: readonly Replica[], own: string): ReplicaView[] {
  const ownConfiguration = replicas.find(({ id }) => id === own)?.configuration;
  return replicas.map(({ id, configuration, ...replica }) => ({
    ...replica,
    isThis: id === own,
    hasSameConfiguration: configuration === ownConfiguration,
  }));
}
