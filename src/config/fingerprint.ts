import { hash } from 'node:crypto';
import type { Config, Job } from './config.ts';

/**
 * What tells a configuration from others: of whatever decides what is collected, when, and where it goes. Where files
 * lie and what only concerns one process (the state, the log, the status page) does not count, and neither do secrets,
 * which may be rotated one process after the other.
 */
export function configurationFingerprint({ write_api, databases, schedule, jobs }: Config): string {
  const ofJobs = Object.fromEntries(jobs.map((job) => [job.name, withoutPlaces(job)]));
  return hash('sha256', JSON.stringify(inOrder({ write_api, databases, schedule, jobs: ofJobs })), 'hex');
}

function withoutPlaces({ file: _, places: __, shown: ___, ...job }: Job) {
  return job;
}

/** Where a file lies may differ from machine to machine. */
const PATHS = new Set(['ca_file', 'filename']);

/** With the keys of all mappings in order. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !PATHS.has(key))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, inOrder(child)]));
}
