import { SECOND } from '../../calendar/durations.ts';
import type { Job } from '../../config/config.ts';
import type { Finding } from '../../config/finding.ts';
import { type Exportable, type ScheduledCommand, scheduledCommands } from '../exportable.ts';
import { fiveFields, refusedTimes } from '../five-fields.ts';
import type { FilledConfigMap } from './config-maps.ts';
import {
  APPLICATION,
  type KubernetesObject,
  type Manifest,
  metadata,
  type Surroundings,
} from './manifest.ts';
import { dnsLabel } from './names.ts';
import { podTemplate } from './pod.ts';
import type { PodFiles } from './pod-files.ts';
import { RESOURCES, TERMINATION } from './resources.ts';

const KUBERNETES = { name: 'Kubernetes', isVixies: false } as const;
/** Of a CronJob, which appends eleven characters for each of its runs. */
const LONGEST_NAME = 52;

/** Exit codes after which a repeat changes nothing before a person, or the next tick, has. */
const FINAL_EXIT_CODES = [2, 3, 6, 7, 8];

/** Seconds in which a tick that was missed is made up for, as `schedule.missed_runs` has it. */
const STARTING_DEADLINES = { run_once: 3_600, skip: 60 } as const;
/** Seconds for starting the container and for ending, beside the time of the run. */
const AROUND_A_RUN = 120;

export interface Runs {
  readonly podFiles: PodFiles;
  readonly configMaps: readonly FilledConfigMap[];
  /** Whether each job has a volume of its own for its state. */
  readonly hasVolumes: boolean;
}

/** A CronJob for each job that is enabled and has a schedule. */
export function cronJobManifests(
  exportable: Exportable,
  runs: Runs,
  surroundings: Surroundings,
  findings: Finding[],
): readonly Manifest[] {
  const { scheduled, others } = scheduledCommands(exportable.config);
  const { missed_runs: missedRuns } = exportable.config.schedule;
  const objects = scheduled.flatMap((command) => {
    const schedule = fiveFields(command, KUBERNETES);
    if (typeof schedule === 'string') return cronJob(command, { schedule, missedRuns }, runs, surroundings);
    findings.push(refusedTimes(exportable, command, schedule));
    return [];
  });
  const leftOut =
    others.length === 0 ? [] : [`Left out, without a schedule or not enabled: ${others.join(', ')}`];
  const comment = [
    'A CronJob for each job, and for each verification. One now: kubectl create job --from=cronjob/NAME NAME-now',
    'Where the clock of a zone is changed Kubernetes passes over times that do not exist.',
    ...leftOut,
  ];
  const claims = runs.hasVolumes ? [claimsOf(new Set(scheduled.map(({ job }) => job)), surroundings)] : [];
  return [...claims, { name: 'cron-jobs', comment, objects }];
}

const nameOf = ({ name }: Job): string => dnsLabel(`${APPLICATION}-${name}`, LONGEST_NAME);

/** The name of no job begins with a hyphen, so that two hyphens make one that none of them has. */
const nameOfCommand = ({ job, kind }: ScheduledCommand): string =>
  kind === 'run' ? nameOf(job) : dnsLabel(`${APPLICATION}--${kind}-${job.name}`, LONGEST_NAME);

/** The whole name of the job, which that of an object may have no room for. */
const jobMetadata = (
  job: Job,
  surroundings: Surroundings,
  name = nameOf(job),
): KubernetesObject['metadata'] => ({
  ...metadata(name, 'collector', surroundings),
  annotations: { 'pp-db-collector/job': job.name },
});

function claimsOf(jobs: ReadonlySet<Job>, surroundings: Surroundings): Manifest {
  return {
    name: 'volume-claims',
    comment: [
      'The state of each job is a SQLite file on a volume of its own, which pods of one node alone use.',
    ],
    objects: Array.from(jobs, (job) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: jobMetadata(job, surroundings),
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100Mi' } } },
    })),
  };
}

interface Times {
  readonly schedule: string;
  readonly missedRuns: keyof typeof STARTING_DEADLINES;
}

function cronJob(
  command: ScheduledCommand,
  { schedule, missedRuns }: Times,
  { podFiles, configMaps, hasVolumes }: Runs,
  surroundings: Surroundings,
): KubernetesObject {
  const { job, args } = command;
  const template = podTemplate(
    {
      component: 'collector',
      args,
      podFiles,
      configMaps,
      secret: APPLICATION,
      claim: hasVolumes ? { kind: 'claim', name: nameOf(job) } : undefined,
      container: { resources: RESOURCES.run },
      pod: { restartPolicy: 'Never', terminationGracePeriodSeconds: TERMINATION },
    },
    surroundings,
  );
  const onExitCodes = { containerName: APPLICATION, operator: 'In', values: FINAL_EXIT_CODES };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: jobMetadata(job, surroundings, nameOfCommand(command)),
    spec: {
      schedule,
      timeZone: job.timezone,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: STARTING_DEADLINES[missedRuns],
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: Math.ceil(command.timeout / SECOND) + AROUND_A_RUN,
          podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes }] },
          template,
        },
      },
    },
  };
}
