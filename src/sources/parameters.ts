import type { Parameter } from '../model/query.ts';

/** A parameter of a statement, with its value as the database takes it. */
export interface BoundParameter {
  readonly name: string;
  readonly kind: Parameter['kind'];
  readonly text: string;
}

/** How a kind of database takes parameters. */
export interface ParameterRules {
  /**
   * An instant by the wall clock of the database's zone, so that it compares with columns that carry no zone.
   *
   * @param date `2014-06-01` @param time `12:30:01`, or with a fraction @param offset milliseconds east of UTC
   */
  instant(date: string, time: string, offset: number): string;
  /** The name of a time zone. */
  zone(name: string): string;
  /**
   * What stands in the statement for a parameter.
   * @param number of the parameter among those of the statement, from 1
   */
  placeholder(parameter: BoundParameter, number: number): string;
  /** Whether placeholders carry neither name nor number, so that a parameter is given as often as it is used. */
  readonly areInOrderOfUse: boolean;
}

/** Whether it is a value of a cursor, whose type only the column knows with which it is compared. */
export const isCursorValue = ({ kind }: BoundParameter): boolean =>
  kind !== 'instant' && kind !== 'date' && kind !== 'zone';
