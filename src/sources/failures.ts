import { SecretMask } from '../config/secret.ts';
import type { QuotedPlace } from '../model/query.ts';
import { explainConnecting, explainLoss, explainSilence, explainTimeout } from './connection-failures.ts';
import { type BoundParameter, isCursorValue } from './parameters.ts';
import {
  type Circumstances,
  type DriverError,
  type Explanation,
  readDriverError,
  SourceError,
} from './source-error.ts';
import type { Statement } from './statement.ts';

/** Reads the errors of one kind of database; undefined for those that are not the database's own. */
export type Explain = (
  error: DriverError,
  circumstances: Circumstances,
  elapsed: number,
) => Explanation | undefined;

/** Makes the errors of one query, from what the driver says and what is known about the query. */
export class Failures {
  readonly circumstances: Circumstances;
  readonly #explain: Explain;
  readonly #statement: Statement | undefined;

  constructor(circumstances: Circumstances, explain: Explain, statement: Statement | undefined) {
    this.circumstances = circumstances;
    this.#explain = explain;
    this.#statement = statement;
  }

  connecting(error: unknown): Error {
    return this.#read(error, 0, explainConnecting);
  }

  /** @param elapsed milliseconds since the server was asked */
  running(error: unknown, elapsed: number): Error {
    return this.#read(error, elapsed, explainLoss);
  }

  lost(error: unknown): Error {
    const driverError = error === undefined ? undefined : readDriverError(error);
    return this.explained(explainLoss(driverError, this.circumstances), driverError?.code);
  }

  silent(limit: number): Error {
    return this.explained(explainSilence(this.circumstances, limit));
  }

  closed(): Error {
    return this.explained({ what: 'the query was ended before its last row' });
  }

  timedOut(): Error {
    return this.explained(explainTimeout(this.circumstances));
  }

  explained({ what, remedy, offset, name, unknown, unansweredFor }: Explanation, code?: string): SourceError {
    const { place, excerpt } = this.#placeOf(offset, name) ?? {};
    const message = `database ${this.circumstances.name}: ${this.#withoutSecrets(what)}${place === undefined ? '' : `, ${place}`}`;
    return new SourceError(message, {
      remedy: remedy && this.#withoutSecrets(remedy),
      code: code || undefined,
      unknown,
      excerpt: excerpt?.map((line) => this.#mask.mask(line)),
      unansweredFor,
    });
  }

  #placeOf(offset: number | undefined, name: string | undefined): QuotedPlace | undefined {
    if (offset !== undefined) return this.#statement?.placeAt(offset);
    return name === undefined ? undefined : this.#statement?.placeOf(name);
  }

  #read(
    error: unknown,
    elapsed: number,
    otherwise: (error: DriverError, circumstances: Circumstances) => Explanation,
  ): Error {
    if (error instanceof SourceError) return error;
    const driverError = readDriverError(error);
    const explanation =
      this.#explain(driverError, this.circumstances, elapsed) ?? otherwise(driverError, this.circumstances);
    return this.explained(explanation, driverError.code);
  }

  /** Drivers and servers repeat what they were given. */
  #withoutSecrets(text: string): string {
    return this.circumstances.parameters.reduce(withoutValue, this.#mask.mask(text));
  }

  get #mask(): SecretMask {
    return new SecretMask([this.circumstances.password]);
  }
}

/** Servers quote values; one of a cursor may be so short that it stands in any word as well. */
function withoutValue(message: string, parameter: BoundParameter): string {
  const { name, text } = parameter;
  if (!isCursorValue(parameter)) return message.replaceAll(text, `:${name}`);
  return message.replaceAll(`"${text}"`, `":${name}"`).replaceAll(`'${text}'`, `':${name}'`);
}
