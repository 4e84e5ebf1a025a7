import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Counts } from './conversation.ts';

/** A write API that answers `{"status":"ok"}` to everything, in a process of its own. */
export class Sink {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(): Promise<Sink> {
    const child = fork(resolve(import.meta.dirname, 'process.ts'));
    const [port] = await once(child, 'message');
    return new Sink(child, Number(port));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** @param latency milliseconds that an answer takes from now on */
  async setLatency(latency: number): Promise<void> {
    await this.#ask({ latency });
  }

  /** What has come since this was asked for the last time. */
  async take(): Promise<Counts> {
    return (await this.#ask('take')) as Counts;
  }

  async stop(): Promise<void> {
    // A signal from the terminal ends it as well.
    if (!this.#child.connected) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #ask(message: 'take' | { readonly latency: number }): Promise<unknown> {
    const answered = once(this.#child, 'message');
    this.#child.send(message);
    const [answer] = await answered;
    return answer;
  }
}
