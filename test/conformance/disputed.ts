export interface Dispute {
  /** What this server answers. */
  readonly status: number;
  readonly because: string;
}

/** Recorded answers that this server does not give on purpose. */
export const DISPUTED: ReadonlyMap<string, Dispute> = new Map(
  Object.entries({
    'key/dotted_capital_i': {
      status: 400,
      because: 'keys are ASCII: İ only looks like a letter of it to the original',
    },
    'schema/max_length_counts_utf8_bytes': {
      status: 200,
      because: 'JSON Schema counts characters, the original bytes',
    },
    'schema/enum_unicode': {
      status: 200,
      because: 'the original refuses values outside ASCII that the schema itself lists',
    },
    'route/get': {
      status: 400,
      because: 'GET on a data set is the read API, and this data set shows no single records',
    },
    'transport/chunked_body_is_not_read': {
      status: 200,
      because: 'a body in chunks is a body: the original answered that it had received zero bytes',
    },
    'config/no_capped_size_first_write': {
      status: 200,
      because: 'this server has no such setting that could be missing',
    },
    'config/unicode_data_set_name_wrong_token': {
      status: 401,
      because: 'a wrong token is a wrong token, whatever the name of the data set',
    },
  }),
);
