import { expect, test } from 'vitest';
import { isTimeZone, startOfDate, wallClockAt } from '../../src/calendar/zone.ts';
import { zoneSuggestion } from '../../src/config/schema/zone-names.ts';
import { nextTick } from '../../src/cron/cron.ts';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

test('what counts as a zone can be used for everything', () => {
  // Those that Intl knows, and some that it does not.
  const short =
    'ACT AET AGT ART AST BET BST CAT CET CNT CST CTT EAT ECT EET EST GMT HST IET IST JST MET MIT MST NET NST PLT PNT PRC PRT PST ROC ROK SST UCT UTC VST WET XYZ'.split(
      ' ',
    );
  const others = [
    'EST5EDT',
    'SystemV/PST8',
    'Etc/GMT+1',
    'Etc/Unknown',
    'GMT+0',
    'europe/LONDON',
    'UCT',
    'GB',
    'Factory',
    'localtime',
  ];
  const zones = [...Intl.supportedValuesOf('timeZone'), ...short, ...others].filter(isTimeZone);
  for (const zone of zones) {
    expect(nextTick('30 6 * * *', zone, 0), zone).toBeGreaterThan(0);
    expect(wallClockAt(startOfDate(0, zone), zone), zone).toBe(0);
    expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow();
  }
  expect(zones).toEqual(expect.arrayContaining([...Intl.supportedValuesOf('timeZone'), 'EST5EDT', 'GB']));
});

test.each([
  'BST',
  'IST',
  'PST',
  'CST',
  'JST',
  'SystemV/PST8',
  '+01:00',
  '-05:00',
  'GMT+1',
  'UTC+1',
  'Z',
  '',
  ' UTC',
])('%j is none', (name) => expect(isTimeZone(name)).toBe(false));

test.each([
  ['BST', 'did you mean "Europe/London"?'],
  ['cst', 'did you mean "America/Chicago" or "Asia/Shanghai"?'],
  ['Z', 'did you mean "UTC"?'],
  [
    'UTC-05:00',
    'did you mean the zone of a place, or "Etc/GMT+5" (all year; its sign is the other way round)?',
  ],
  ['UTC+0', 'did you mean the zone of a place, or "UTC" (all year)?'],
  ['Europe/Londn', 'did you mean "Europe/London"?'],
])('for %s: %s', (name, suggestion) => expect(zoneSuggestion(name)).toBe(suggestion));

test('every zone that is suggested is one', () => {
  for (const name of LETTERS.flatMap((a) =>
    LETTERS.flatMap((b) => ['T', 'ST', 'DT', 'ST'].map((end) => a + b + end)),
  ))
    for (const [, zone = ''] of zoneSuggestion(name)?.matchAll(/"([^"]+)"/g) ?? [])
      expect(isTimeZone(zone), zone).toBe(true);
});
