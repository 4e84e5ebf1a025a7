/**
 * What processes need, as docs/performance.md has it: resident 106 MB with ten jobs, 163 MB with ten thousand, 30 MB more
 * for a run of any length, and a five-hundredth of a core while nothing runs. A run takes a whole core, for as long as it
 * can have one: there is no limit of it.
 */
export const RESOURCES = {
  daemon: { requests: { cpu: '50m', memory: '192Mi' }, limits: { memory: '512Mi' } },
  run: { requests: { cpu: '100m', memory: '160Mi' }, limits: { memory: '384Mi' } },
  writeApi: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '768Mi' } },
} as const;

/** Positions, history and dead letters of thousands of jobs are some megabytes; snapshots wait here while the write API is down. */
export const STATE_VOLUME = '1Gi';

/**
 * For what is gone with the pod. A verification of a job whose state is in a database keeps 48 bytes of each record
 * here while it compares, and a pod that needs more is evicted.
 */
export const TEMPORARY_VOLUME = '512Mi';

/** Records of data sets, some hundred bytes each. */
export const RECORDS_VOLUME = '10Gi';

/** Seconds for what is under way at a stop, and until a process that has not ended is killed. */
export const GRACE = 10;
export const TERMINATION = 20;
