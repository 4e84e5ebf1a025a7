import { hash } from 'node:crypto';
import { z } from 'zod';
import { complain } from '../check/complain.ts';
import { parseLoginUrl } from '../login-url.ts';
import { Secret } from '../secret.ts';
import { count, listenAddress, pathSegment, requireLength, SECRET, secret, text } from './values.ts';

/**
 * The one description of `write-api.yaml`, the configuration of `serve`: types, defaults and JSON Schema come from it.
 */

const HASH_FORM = 'the SHA-256 of the token: 64 hexadecimal digits';

const dataSet = z
  .strictObject({
    data_group: pathSegment().describe('first part of the data set’s address'),
    data_type: pathSegment().describe('second part of the data set’s address'),
    name: pathSegment().optional().describe('left out: <data_group>_<data_type> with hyphens as underscores'),
    token: text(SECRET)
      .superRefine((token, context) => requireLength('text', token, context))
      .optional()
      .describe('bearer token that clients send; only its SHA-256 is kept in memory'),
    token_sha256: z
      .string({ error: HASH_FORM })
      .regex(/^[0-9a-fA-F]{64}$/, { error: HASH_FORM })
      .optional()
      .describe('SHA-256 of the token, instead of the token'),
    auto_ids: z
      .array(text('the name of a field'))
      .default([])
      .describe('make _id of these fields, in place of the one that is sent'),
    schema: z
      .union([text(), z.record(z.string(), z.unknown())], {
        error: 'a JSON Schema, or a file that holds one',
      })
      .optional()
      .describe('JSON Schema draft 4 for every record: a mapping, or a file relative to write-api.yaml'),
    max_age_expected: count(0)
      .nullable()
      .default(2_678_400)
      .describe('seconds after which a data set without new records counts as stale; null: never'),
    queryable: z
      .boolean()
      .optional()
      .describe('false: GET answers as if the data set were not there; left out: true, whoever asks'),
    raw_queries_allowed: z
      .boolean()
      .optional()
      .describe('true: GET shows single records and any span; left out: false, groups of 7 days or more'),
    published: z
      .boolean()
      .optional()
      .describe('false: GET adds a warning that the data may be inaccurate; left out: true'),
    realtime: z
      .boolean()
      .optional()
      .describe('true: answers to GET are kept for 2 minutes only; left out: false, 30 minutes'),
  })
  .superRefine((settings, context) => {
    if ((settings.token === undefined) === (settings.token_sha256 === undefined))
      complain(context, [], { code: 'contradiction', expected: 'either token or token_sha256' });
  })
  .transform(({ token, token_sha256, name, ...rest }) => ({
    ...rest,
    name: name ?? `${rest.data_group}_${rest.data_type}`.replaceAll('-', '_'),
    token_sha256: token === undefined ? (token_sha256 ?? '') : hash('sha256', token, 'hex'),
  }));

const STORAGE_URL = 'an address such as postgres://user:password@host:5432/database';

const storage = z.union(
  [
    z.strictObject({ file: text().describe('SQLite file, relative to write-api.yaml') }),
    z.strictObject({
      url: z
        .string({ error: STORAGE_URL })
        .transform((text, context) => {
          const url = parseLoginUrl(text);
          const isFault = 'fault' in url;
          if (!isFault && /^postgres(?:ql)?:$/.test(url.protocol)) {
            requireLength('password', url.password, context);
            return new Secret(() => url.encoded);
          }
          const { fault = STORAGE_URL, suggestion = undefined } =
            isFault && url.suggestion !== undefined ? url : {};
          complain(context, [], { code: 'wrong-value', expected: fault, got: 'another text', suggestion });
          return z.NEVER;
        })
        .describe('PostgreSQL database; the write API makes a schema of its own in it; never printed'),
    }),
  ],
  { error: 'either file: PATH or url: postgres://…' },
);

export const writeApiSchema = z.strictObject({
  listen: listenAddress(3_039).prefault('127.0.0.1:3039').describe('host and port to listen on'),
  storage: storage.prefault({ file: 'data/write-api.sqlite' }).describe('where the records are kept'),
  data_sets: z
    .array(dataSet)
    .min(1, { error: 'at least one data set' })
    .superRefine((dataSets, context) => {
      refuseRepeats(
        dataSets,
        (settings) => `${settings.data_group}/${settings.data_type}`,
        'address',
        context,
      );
      refuseRepeats(dataSets, (settings) => settings.name, 'name', context);
    })
    .describe('the data sets that take records'),
  dashboards: text('a folder')
    .optional()
    .describe('folder with dashboards, one file each, read with the folders in it; left out: there are none'),
  dashboards_token: z
    .union([secret(), z.literal('').transform(() => undefined)], {
      error: 'a text that is hard to guess',
    })
    .optional()
    .describe('when set, needed for the pages of all dashboards; never printed'),
});

/** What tells the file from others. */
export const WRITE_API_FILE = {
  name: 'the configuration of serve',
  keys: Object.keys(writeApiSchema.shape),
} as const;

function refuseRepeats(
  dataSets: readonly z.output<typeof dataSet>[],
  keyOf: (settings: z.output<typeof dataSet>) => string,
  what: string,
  context: z.RefinementCtx,
): void {
  const seen = new Set<string>();
  for (const [index, settings] of dataSets.entries()) {
    const key = keyOf(settings);
    if (seen.has(key))
      complain(context, [index], {
        code: 'contradiction',
        expected: `one data set of each ${what}`,
        got: key,
      });
    seen.add(key);
  }
}

/** What `write-api.yaml` says, defaults filled in: tokens as hashes only, `listen` taken apart. */
export type WriteApiFile = z.output<typeof writeApiSchema>;
export type DataSetSettings = WriteApiFile['data_sets'][number];
