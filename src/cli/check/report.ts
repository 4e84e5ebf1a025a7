import type { CheckedColumn } from '../../advice/check-query.ts';
import type { Warning } from '../../advice/query-warnings.ts';
import { failureOf } from '../../collect/failures.ts';
import { EXIT, type ExitCode, exitCodeOfSide } from '../shell/exit-codes.ts';
import type { ReadSetting } from '../shell/setting.ts';

/** What `check` looks at, in this order. */
export type CheckLayer = 'files' | 'database' | 'query' | 'data_set' | 'state';

/** What there is to say about something that is well. */
export interface Findings {
  readonly message: string;
  readonly warnings?: readonly Warning[];
  readonly columns?: readonly CheckedColumn[];
}

/** One check and how it went. */
export interface CheckResult extends Findings {
  readonly layer: CheckLayer;
  /** Of the database, the job, the data set or the file. */
  readonly name: string;
  /** `skipped`: it could not be checked because of another failure, which is told by itself. */
  readonly outcome: 'good' | 'bad' | 'skipped';
  readonly remedy?: string | undefined;
  /** Undefined when nothing was done that takes time. */
  readonly milliseconds?: number;
  readonly code: ExitCode;
}

/** Where `check` tells how things are. */
export interface CheckReport {
  /** The mistakes in the files, before all else. */
  problems(read: ReadSetting): void;
  add(result: CheckResult): Promise<void>;
  /** After everything; `code` is that of the whole check. */
  end(code: ExitCode): Promise<void>;
}

/** Does one check; a failure is a result, never thrown. */
export async function attempt(
  layer: CheckLayer,
  name: string,
  check: () => Promise<Findings>,
): Promise<CheckResult> {
  const startedAt = performance.now();
  const milliseconds = () => Math.round(performance.now() - startedAt);
  try {
    const findings = await check();
    return { layer, name, outcome: 'good', ...findings, milliseconds: milliseconds(), code: EXIT.success };
  } catch (error) {
    const { side, message, remedy } = failureOf(error);
    const code = exitCodeOfSide(side);
    return { layer, name, outcome: 'bad', message, remedy, milliseconds: milliseconds(), code };
  }
}
