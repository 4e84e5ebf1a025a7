import { z } from 'zod';
import { FIRST_DATE, LAST_DATE } from '../../calendar/date-time.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../calendar/durations.ts';
import { isTimeZone } from '../../calendar/zone.ts';
import { cronProblem } from '../../cron/cron.ts';
import { complain } from '../check/complain.ts';
import { Secret } from '../secret.ts';
import { zoneSuggestion } from './zone-names.ts';

/** The small vocabulary of the configuration files: durations, sizes, names, zones, secrets. */

const MILLISECONDS = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY } as const;
const BYTES = { B: 1, KB: 1_000, MB: 1_000_000, KiB: 1_024, MiB: 1_048_576 } as const;

interface Limits {
  readonly from?: string;
  readonly to?: string;
}

function quantity(units: Readonly<Record<string, number>>, example: string, { from, to }: Limits) {
  const pattern = new RegExp(`^(\\d+(?:\\.\\d+)?) ?(${Object.keys(units).join('|')})$`);
  const amountOf = (text: string): number => {
    const [, amount, unit = ''] = pattern.exec(text) ?? [];
    return Math.round(Number(amount) * (units[unit] ?? Number.NaN));
  };
  const [least, most] = [
    amountOf(from ?? `0${Object.keys(units)[0]}`),
    to === undefined ? Infinity : amountOf(to),
  ];
  const limits = from === undefined && to === undefined ? '' : `, from ${from ?? 0} to ${to}`;
  const error = `${example} (a number and ${Object.keys(units).join(', ')})${limits}`;
  return z
    .string({ error })
    .regex(pattern, { error })
    .refine((text) => amountOf(text) >= least && amountOf(text) <= most, { error })
    .transform(amountOf);
}

/** `500ms`, `60s`, `5m`, `1.5h`, `30d`; in code: milliseconds. */
export const duration = () => quantity(MILLISECONDS, 'a duration such as 30s', { to: '36500d' });

/** A duration that a timer can wait; in code: milliseconds, at most 24 days. */
export const timerDuration = (from: '0ms' | '1ms' = '1ms') =>
  quantity(MILLISECONDS, 'a duration such as 30s', { from, to: '24d' });

/** `1MiB`, `2 KiB`, `10MB`; in code: bytes. */
export const size = (limits: Limits = {}) => quantity(BYTES, 'a size such as 1MiB', limits);

/** `50%`; in code: 50. */
export const percent = () => quantity({ '%': 1 }, 'a share such as 50%', { from: '1%', to: '100000%' });

const TIME_ZONE = 'the name of a time zone such as Europe/London';

/** A name of the IANA time zone database, e.g. `Europe/London`. */
export const timeZone = () =>
  z.string({ error: TIME_ZONE }).superRefine((name, context) => {
    if (isTimeZone(name)) return;
    complain(context, [], { code: 'wrong-value', expected: TIME_ZONE, suggestion: zoneSuggestion(name) });
  });

/** A cron expression that ticks. */
export const cronExpression = () =>
  z
    .string({ error: 'a cron expression in quotes such as "30 6 * * *"' })
    .superRefine((expression, context) => {
      const problem = cronProblem(expression);
      if (problem !== undefined) complain(context, [], { code: 'wrong-value', ...problem });
    });

/** A calendar date `YYYY-MM-DD` that exists, from 1900 to 9998. */
export const calendarDate = () =>
  z.iso
    .date({ error: 'a date such as 2015-01-01', abort: true })
    .refine((date) => date >= FIRST_DATE, { error: `a date from ${FIRST_DATE} on` })
    .refine((date) => date <= LAST_DATE, { error: `a date up to ${LAST_DATE}` });

const NAME = 'a name of letters, digits, - and _';

/** A part of a data set's address. */
export const pathSegment = () => z.string({ error: NAME }).regex(/^[A-Za-z0-9_-]+$/, { error: NAME });

/** A text that is never printed. */
export const secret = () =>
  z
    .string({ error: SECRET })
    .min(1, { error: SECRET })
    .superRefine((value, context) => requireLength('text', value, context))
    .transform((text) => new Secret(() => text));

const SHORTEST_SECRET = 3;

/** What is kept out of messages must not be so short that it stands in every word. */
export function requireLength(
  what: 'text' | 'password',
  value: string,
  context: z.RefinementCtx,
  path: readonly string[] = [],
): void {
  if (value === '' || value.length >= SHORTEST_SECRET) return;
  const expected = `a ${what} of at least ${SHORTEST_SECRET} characters, because messages leave it out wherever it stands`;
  complain(context, path, { code: 'wrong-value', expected, got: 'a shorter one' });
}

export const SECRET = 'a text that is not empty, best taken from outside by ${NAME} or ${file:PATH}';

/** A text of at least one character. */
export const text = (error = 'a text that is not empty') => z.string({ error }).min(1, { error });

/** A whole number between two, both included. */
export const count = (minimum: number, maximum = 1_000_000_000) => {
  const between = `a whole number from ${minimum} to ${maximum}`;
  const error = maximum === 1_000_000_000 ? `a whole number, ${minimum} or more` : between;
  return z.int({ error }).min(minimum, { error }).max(maximum, { error: between });
};

const HOST_NAME = 'the name of a host without port, such as status.example';

/** A name or an address by which a server is asked for. */
export const hostName = () =>
  text(HOST_NAME).regex(/^(?:[^\s:/@[\]]+|\[[\da-fA-F:.]+\])$/, { error: HOST_NAME });

const ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/;

/** A host and a port to listen at. @param port for the example in the message */
export const listenAddress = (port: number, others = '') => {
  const error = `a host and a port such as 127.0.0.1:${port} or [::1]:${port}${others}`;
  return z
    .string({ error })
    .refine((address) => Number(ADDRESS.exec(address)?.[3] ?? Infinity) <= 65_535, { error })
    .transform((address) => {
      const [, ipv6, host = '127.0.0.1', port] = ADDRESS.exec(address) ?? [];
      return { host: ipv6 ?? host, port: Number(port) };
    });
};
