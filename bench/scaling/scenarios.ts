import { MINUTE } from '../../src/calendar/durations.ts';

/** One way to run the same jobs. */
export interface Scenario {
  readonly name: string;
  readonly isSpread: boolean;
  /** Milliseconds. */
  readonly jitter: number;
  readonly replicas: number;
  readonly maxConcurrentRuns: number;
  readonly maxConnections: number;
}

const USUAL: Omit<Scenario, 'name'> = {
  isSpread: false,
  jitter: 0,
  replicas: 30,
  maxConcurrentRuns: 120,
  maxConnections: 2,
};

export const SCENARIOS: readonly Scenario[] = [
  { ...USUAL, name: 'full hours, 120 at a time' },
  { ...USUAL, name: 'full hours, 30 at a time', maxConcurrentRuns: 30 },
  { ...USUAL, name: 'full hours, 10 replicas', replicas: 10 },
  { ...USUAL, name: 'full hours, jitter of 30 minutes', jitter: 30 * MINUTE },
  { ...USUAL, name: 'any minute', isSpread: true },
  { ...USUAL, name: 'any minute, 3 replicas', isSpread: true, replicas: 3 },
];
