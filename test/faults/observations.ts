import type { Happening, KillPhase } from './fault-kinds.ts';

/** What the proxies see of one run of the collector, and what is called when they see more. */
export class Observations {
  /** Requests whose headers have come. */
  begun = 0;
  /** Requests that the write API has been given and has not answered yet. */
  forwarded = 0;
  /** Requests that are over: answered or cut. */
  over = 0;
  lastOver = Number.NEGATIVE_INFINITY;
  connections = 0;
  bytes = 0;
  readonly happenings: Happening[] = [];
  #listeners: (() => void)[] = [];

  happened(what: Happening): void {
    this.happenings.push(what);
  }

  /** Resolves as soon as the condition holds. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const listener = () => {
        if (!condition()) return;
        this.#listeners = this.#listeners.filter((each) => each !== listener);
        resolve();
      };
      this.#listeners.push(listener);
    });
  }

  /** To be called after every change. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** What the collector was about. @param isReading what is known of a database without connections */
  phase(isReading: boolean): KillPhase {
    if (this.forwarded > 0) return 'storing';
    if (this.begun > this.over) return 'sending';
    if (performance.now() - this.lastOver < JUST_NOW) return 'acknowledging';
    if (this.begun > 0) return 'between requests';
    if (isReading || this.bytes > GREETINGS) return 'reading';
    return this.connections > 0 ? 'connecting' : 'starting';
  }
}

/** Milliseconds after an answer during which it is being taken in. */
const JUST_NOW = 8;
/** Bytes that a server sends before it is asked anything. */
const GREETINGS = 600;
