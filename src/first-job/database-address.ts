import { basename, extname } from 'node:path';
import { parseLoginUrl } from '../config/login-url.ts';
import type { Dialect } from '../sources/dialect.ts';
import { jobNameOf } from './job-draft.ts';

/** A database as a command line names it. */
export interface DatabaseAddress {
  readonly dialect: Dialect;
  /** What jobs may call it. */
  readonly name: string;
  /** Its URL, which may hold a password, or the path of its file. */
  readonly at: { readonly url: string } | { readonly filename: string };
}

const SCHEME = /^([a-z][a-z0-9+.-]+:)(\/\/)?(.*)$/is;

/** Reads a URL, or the path of a file; undefined for a URL of no known database. */
export function databaseAt(text: string, dialects: readonly Dialect[]): DatabaseAddress | undefined {
  const [, scheme = '', slashes, path = ''] = SCHEME.exec(text) ?? [];
  const named = dialects.find(({ address }) => address.protocols.includes(scheme.toLowerCase()));
  if (named?.address.kind === 'server') return { dialect: named, name: nameInUrl(text), at: { url: text } };
  const dialect = named ?? (slashes === undefined ? dialects.find(isFile) : undefined);
  const filename = named === undefined ? text : path;
  if (dialect === undefined || filename === '') return undefined;
  return { dialect, name: nameOf(basename(filename, extname(filename))), at: { filename } };
}

const isFile = ({ address }: Dialect): boolean => address.kind === 'file';

function nameInUrl(text: string): string {
  const url = parseLoginUrl(text);
  return nameOf('fault' in url ? '' : url.path);
}

const nameOf = (text: string): string => jobNameOf(text, 'source');

/** How each database is named, to follow "expected". */
export const addressExamples = (dialects: readonly Dialect[]): string =>
  dialects
    .map(({ address, products: [product] }) =>
      address.kind === 'server'
        ? `${address.protocols[0]}//user:password@host/database`
        : `the path of a file of ${product}`,
    )
    .join(', or ');
