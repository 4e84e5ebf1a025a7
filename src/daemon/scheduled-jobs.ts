import type { Config, Job } from '../config/config.ts';
import { verificationOf } from '../model/scheduled-name.ts';
import type { ScheduledJob } from '../schedule/scheduler-interface.ts';

/** What a configuration has to be scheduled: its jobs, and the verifications of those that want them. */
export const scheduledJobs = ({ jobs }: Pick<Config, 'jobs'>): ScheduledJob[] => [
  ...jobs.map(scheduledJob),
  ...jobs.flatMap(scheduledVerification),
];

const scheduledJob = ({ name, enabled, schedule, timezone, jitter, database }: Job): ScheduledJob => ({
  ...{ name, timezone, jitter, database },
  schedule: enabled ? schedule : undefined,
});

function scheduledVerification({ name, enabled, verify, timezone, database }: Job): ScheduledJob[] {
  if (!enabled || verify === undefined) return [];
  return [{ name: verificationOf(name), schedule: verify.schedule, timezone, jitter: 0, database }];
}
