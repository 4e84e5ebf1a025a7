import { failureOf } from '../../collect/failures.ts';
import type { FailedSide, RunResult } from '../../model/run.ts';

/** The exit codes of every command but `send`. They are documented and never change their meaning. */
export const EXIT = {
  success: 0,
  unexpected: 1,
  usage: 2,
  configuration: 3,
  database: 4,
  unreachable: 5,
  refused: 6,
  partial: 7,
  notReady: 8,
  busy: 9,
  /** As in sysexits.h; `send` has no such code of its own. */
  output: 74,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** With several failures, the first of these that happened is the one to tell. */
const PRECEDENCE: readonly ExitCode[] = [
  EXIT.unexpected,
  EXIT.configuration,
  EXIT.database,
  EXIT.unreachable,
  EXIT.refused,
  EXIT.busy,
  EXIT.partial,
  EXIT.notReady,
];

const OF_SIDE: Readonly<Record<FailedSide, ExitCode>> = {
  internal: EXIT.unexpected,
  config: EXIT.configuration,
  source: EXIT.database,
  data: EXIT.notReady,
  target: EXIT.unreachable,
  refused: EXIT.refused,
};

export function exitCodeOfSide(side: FailedSide): ExitCode {
  return OF_SIDE[side];
}

/** The exit code for what a station throws. */
export function exitCodeOfError(error: unknown): ExitCode {
  const isBusy = error instanceof Error && 'isBusy' in error && error.isBusy === true;
  return isBusy ? EXIT.busy : OF_SIDE[failureOf(error).side];
}

export function exitCodeOfRun(result: RunResult): ExitCode {
  if (result.outcome === 'skipped') return EXIT.busy;
  if (result.failure !== undefined) return OF_SIDE[result.failure.side];
  if (result.outcome === 'partial') return EXIT.partial;
  return result.outcome === 'not_ready' ? EXIT.notReady : EXIT.success;
}

export function worst(codes: readonly ExitCode[]): ExitCode {
  return PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.success;
}

/** The command line asks for something that does not exist or makes no sense. */
export class UsageError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'UsageError';
    this.remedy = remedy;
  }
}

/** The configuration is wrong; its mistakes have been told. */
export class WrongConfigurationError extends Error {
  constructor() {
    super('the configuration is wrong');
    this.name = 'WrongConfigurationError';
  }
}
