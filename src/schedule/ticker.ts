import type { ScheduledTask, TaskOptions } from 'node-cron';

/** Calls a step each second until it is stopped. */
export interface Ticker {
  /** Leaves no timer behind. */
  stop(): void;
}

/** Milliseconds. */
const LONGEST_SILENCE = 3_000;
const SILENT: TaskOptions['logger'] = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const OPTIONS: TaskOptions = {
  timezone: 'UTC',
  missedExecutionTolerance: Infinity,
  suppressMissedWarning: true,
  logger: SILENT,
};

/**
 * Calls `step` with the time at the beginning of each second, late rather than not at all. What it throws goes to
 * `onError`, and the next second comes all the same.
 *
 * A task is made for the seconds of one minute of one day only. One that comes for ever would, after the machine has
 * slept, go through every second that it has slept and block the process meanwhile. And as such a task waits for the
 * second that it has planned, which is far off once the clock is set back, a timer steps in when it is silent.
 */
export async function startTicker(
  step: (now: number) => void,
  onError: (error: unknown) => void,
): Promise<Ticker> {
  const { createTask } = await import('node-cron');
  let task: ScheduledTask | undefined;
  let planned = '';
  let silence: NodeJS.Timeout | undefined;
  const plan = (minute: string) => {
    void task?.destroy();
    task = createTask(minute, tick, OPTIONS);
    void task.start();
    planned = minute;
  };
  const tick = () => {
    clearTimeout(silence);
    silence = setTimeout(tickAnew, LONGEST_SILENCE);
    const minute = minuteOf(Date.now() + 1_000);
    if (minute !== planned) plan(minute);
    try {
      step(Date.now());
    } catch (error) {
      onError(error);
    }
  };
  const tickAnew = () => {
    planned = '';
    tick();
  };
  tick();
  return {
    stop() {
      void task?.destroy();
      clearTimeout(silence);
    },
  };
}

/** Each second of the minute of an instant, as a cron expression of UTC. */
function minuteOf(instant: number): string {
  const time = new Date(instant);
  return `* ${time.getUTCMinutes()} ${time.getUTCHours()} ${time.getUTCDate()} ${time.getUTCMonth() + 1} *`;
}
