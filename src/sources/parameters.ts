import type { Parameter } from '../model/query.ts';

/** A parameter of a statement, with its value as the database takes it. */
export interface BoundParameter {
  readonly name: string;
  readonly kind: Parameter['kind'];
  readonly text: string;
}

/** Whether it is a value of a cursor, whose type only the column knows with which it is compared. */
export const isCursorValue = ({ kind }: BoundParameter): boolean =>
  kind !== 'instant' && kind !== 'date' && kind !== 'zone';
