import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutcomeKind } from '../../src/write-api/outcome.ts';
import { delayBeforeRetry, readRetryAfter } from '../../src/write-api/retry-policy.ts';

const RETRY = { for: 300_000, first_delay: 500, max_delay: 30_000 };

const settings = fc.record({
  for: fc.integer({ min: 0, max: 10_000_000 }),
  first_delay: fc.integer({ min: 0, max: 60_000 }),
  max_delay: fc.integer({ min: 0, max: 600_000 }),
});
const temporary = fc.constantFrom<OutcomeKind>('not-now', 'timeout', 'cut-off', 'unreachable');
const random = fc.double({ min: 0, max: 1, noNaN: true });

describe('the delay before a repeat', () => {
  it('doubles from first_delay up to max_delay when chance is at its highest', () => {
    const delays = [1, 2, 3, 6, 7, 8, 40].map((attempt) =>
      delayBeforeRetry({ kind: 'not-now', attempt, elapsed: 0, random: 1 }, RETRY),
    );
    expect(delays).toEqual([500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('spreads over everything from nothing to its bound', () => {
    const at = (chance: number) =>
      delayBeforeRetry({ kind: 'timeout', attempt: 3, elapsed: 0, random: chance }, RETRY);
    expect([at(0), at(0.5), at(1)]).toEqual([0, 1_000, 2_000]);
  });

  it('comes on top of what the answer asks for', () => {
    const failure = { kind: 'not-now', attempt: 1, elapsed: 0, retryAfter: 120_000, random: 0.5 } as const;
    expect(delayBeforeRetry(failure, RETRY)).toBe(120_250);
  });

  it('is cut to what is left of retry.for, and there is none after it', () => {
    const failure = { kind: 'not-now', attempt: 1, retryAfter: 3_600_000, random: 1 } as const;
    expect(delayBeforeRetry({ ...failure, elapsed: 10_000 }, RETRY)).toBe(290_000);
    expect(delayBeforeRetry({ ...failure, elapsed: 300_000 }, RETRY)).toBeUndefined();
  });

  it('is no longer than a timer can hold', () => {
    const failure = { kind: 'not-now', attempt: 1, elapsed: 0, retryAfter: 2 ** 40, random: 1 } as const;
    expect(delayBeforeRetry(failure, { ...RETRY, for: 2 ** 40 })).toBe(2 ** 31 - 1);
  });

  it.each<OutcomeKind>([
    'record-refused',
    'token-refused',
    'unknown-data-set',
    'wrong-address',
    'too-large',
    'refused',
    'not-the-write-api',
    'untrusted-certificate',
    'proxy-refused',
  ])('does not exist for %s', (kind) => {
    expect(delayBeforeRetry({ kind, attempt: 1, elapsed: 0, random: 1 }, RETRY)).toBeUndefined();
  });

  it('is never negative, never beyond the end of the retries, and never below what was asked for unless they end', () => {
    const retryAfter = fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: undefined });
    const failure = fc.record({
      kind: temporary,
      attempt: fc.integer({ min: 1, max: 5_000 }),
      elapsed: fc.integer({ min: 0, max: 10_000_000 }),
      retryAfter,
      random,
    });
    fc.assert(
      fc.property(failure, settings, (failed, retry) => {
        const delay = delayBeforeRetry(failed, retry);
        const remaining = retry.for - failed.elapsed;
        if (remaining <= 0) {
          expect(delay).toBeUndefined();
          return;
        }
        expect(delay).toBeGreaterThanOrEqual(Math.min(failed.retryAfter ?? 0, remaining));
        expect(delay).toBeLessThanOrEqual(Math.min(remaining, (failed.retryAfter ?? 0) + retry.max_delay));
      }),
    );
  });

  it('adds up to retry.for when nothing else takes time, with the last attempt at its end', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 900_000 }),
        (chance, span) => {
          let elapsed = 0;
          for (let attempt = 1; ; attempt += 1) {
            const delay = delayBeforeRetry(
              { kind: 'unreachable', attempt, elapsed, random: chance },
              { for: span, first_delay: 500, max_delay: 30_000 },
            );
            if (delay === undefined) {
              expect(elapsed).toBe(span);
              return;
            }
            elapsed += delay;
          }
        },
      ),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2015, 5, 1, 12, 0, 0);

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['1.5', 1_500],
    ['1.25', 1_250],
    ['Mon, 01 Jun 2015 12:02:00 GMT', 120_000],
    ['Monday, 01-Jun-15 12:02:00 GMT', 120_000],
    ['Mon Jun  1 12:02:00 2015', 120_000],
    ['Mon Jun 01 12:02:00 2015', 120_000],
    ['Mon, 1 Jun 2015 12:02:00 GMT', 120_000],
    ['Mon, 01 Jun 2015 11:00:00 GMT', 0],
    ['Saturday, 01-Jun-75 12:02:00 GMT', 0],
    ['Tuesday, 01-Jun-65 12:00:00 GMT', Date.UTC(2065, 5, 1, 12) - Date.UTC(2015, 5, 1, 12)],
  ])('%j asks for %d ms', (header, expected) => {
    expect(readRetryAfter(header, now)).toBe(expected);
  });

  it.each([
    undefined,
    '',
    '-1',
    'soon',
    '5 minutes',
    '2015-06-01T12:02:00Z',
    'Mon, 99 Foo 2015 12:02:00 GMT',
    'Mon Jun 1 12:02:00',
    'Mon, 01 Jun 2015 12:02:00 CET',
  ])('%j is ignored', (header) => {
    expect(readRetryAfter(header, now)).toBeUndefined();
  });
});
