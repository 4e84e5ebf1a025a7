import { WriteApiError } from './write-api-error.ts';

export interface DataSetName {
  /** e.g. `carers-allowance` */
  readonly data_group: string;
  /** e.g. `transactions-by-channel` */
  readonly data_type: string;
}

/** A data set and the right to write to it. */
export interface DataSetAddress extends DataSetName {
  /** The bearer token issued for this data set. */
  readonly token: string;
  /** Where the token is from, for messages: `data_set.token of collectors/volumes.yaml`. Never the token itself. */
  readonly token_source?: string | undefined;
}

/** `carers-allowance/transactions-by-channel`, for messages. */
export function nameOf(dataSet: DataSetName): string {
  return JSON.stringify(`${dataSet.data_group}/${dataSet.data_type}`).slice(1, -1);
}

/** Path of the data set below the address of the write API. Throws a WriteApiError for names that no path can hold. */
export function pathOf(dataSet: DataSetName): string {
  return `/data/${segment(dataSet.data_group, 'data_group')}/${segment(dataSet.data_type, 'data_type')}`;
}

function segment(name: string, key: string): string {
  // '.' and '..' cannot be escaped: servers resolve them even when they are percent-encoded.
  if (typeof name === 'string' && name.isWellFormed() && !['', '.', '..'].includes(name)) {
    return encodeURIComponent(name);
  }
  throw new WriteApiError(`The ${key} ${JSON.stringify(name)} cannot be the name of a data set.`, {
    kind: 'invalid-data-set',
    side: 'config',
    remedy: `Set ${key} to the name that the data set has on the write API.`,
  });
}

const PRINTABLE_LATIN1 = /^[\x20-\x7e\xa0-\xff]*$/;

/** Throws a WriteApiError for a token that no header can carry unchanged. */
export function checkToken(dataSet: DataSetAddress): void {
  const problem = problemOf(dataSet.token);
  if (problem === undefined) return;
  throw new WriteApiError(`The token of data set ${nameOf(dataSet)} ${problem}.`, {
    kind: 'invalid-token',
    side: 'config',
    remedy: 'Set the token to the one issued for this data set, exactly as it was issued.',
  });
}

function problemOf(token: unknown): string | undefined {
  if (typeof token !== 'string' || token === '') return 'is empty';
  if (/[\r\n]/.test(token)) return 'contains a line break';
  if (!PRINTABLE_LATIN1.test(token)) return 'contains a character that an HTTP header cannot carry';
  return token.trim() === token ? undefined : 'begins or ends with white space';
}
