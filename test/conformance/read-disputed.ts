/** What this server answers in place of a recorded answer. */
export interface ReadDispute {
  readonly status: number;
  /** Of a list of records: their ids in order. Else the body, in part. */
  readonly ids?: readonly string[];
  readonly body?: object;
  readonly because: string;
}

const numbers = (...values: readonly number[]) => values.map((value) => `r${String(value).padStart(2, '0')}`);

/** Recorded answers of the read API that this server does not give on purpose. */
export const READ_DISPUTED: ReadonlyMap<string, ReadDispute> = new Map(
  Object.entries({
    'raw/limit_huge': {
      status: 200,
      ids: numbers(...Array.from({ length: 17 }, (_, index) => index + 1)),
      because: 'a limit beyond 64 bits is no limit; the original answered 500, then and to the next request',
    },
    'raw/sort_count_ascending_is_textual': {
      status: 200,
      ids: numbers(14, 4, 10, 2, 5, 7, 12, 3, 9, 11, 1, 13, 6, 17, 16, 15, 8),
      because: 'numbers are sorted by value: 2 comes before 10',
    },
    'raw/filter_number_never_matches': {
      status: 200,
      ids: numbers(1),
      because: 'a number is found by its value',
    },
    'raw/group_sort_collected': {
      status: 200,
      body: {
        data: [
          { channel: 'digital', _count: 10, 'count:sum': 92 },
          { channel: 'phone', _count: 4, 'count:sum': 29 },
          { channel: 'post', _count: 2, 'count:sum': 6 },
        ],
      },
      because: 'the direction is what follows the last colon, since names of collected values have one',
    },
    'raw/group_sort_unknown_field': {
      status: 400,
      because: 'a mistake of the client is no 500',
    },
    'raw/group_collect_two_colons': {
      status: 400,
      because: 'a mistake of the client is no 500',
    },
    'route/status_data_sets': {
      status: 404,
      because: 'the write API answers 404 there; /metrics tells which data sets are out of date',
    },
    'route/record_path': {
      status: 405,
      because: 'the path of a record exists for DELETE, and the write API answers 405 there',
    },
  }),
);
