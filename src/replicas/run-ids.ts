import { hash } from 'node:crypto';

/**
 * The name of a tick's run, which every replica gives it: a UUID of version 8, as the queue wants one, made of the job
 * and the tick. @param tick epoch milliseconds
 */
export function runIdOf(job: string, tick: number): string {
  const digits = digestOf(job, tick);
  const variant = '89ab'[parseInt(digits.charAt(16), 16) % 4];
  const third = `8${digits.slice(13, 16)}`;
  const fourth = `${variant}${digits.slice(17, 20)}`;
  return [digits.slice(0, 8), digits.slice(8, 12), third, fourth, digits.slice(20, 32)].join('-');
}

/** How long the run of a tick is put off, the same on all replicas. Milliseconds, as `jitter` is. */
export function jitterOf(job: string, tick: number, jitter: number): number {
  const share = parseInt(digestOf(job, tick).slice(32, 40), 16) / 2 ** 32;
  return Math.floor(share * jitter);
}

const digestOf = (job: string, tick: number): string => hash('sha256', `${job}\n${tick}`, 'hex');
