import { didYouMean } from '../nearest-name.ts';

/** What people write for a zone and the database of zones does not know: it names places. */
const ABBREVIATIONS: Readonly<Record<string, readonly string[]>> = {
  BST: ['Europe/London'],
  IST: ['Asia/Kolkata', 'Europe/Dublin', 'Asia/Jerusalem'],
  WEST: ['Europe/Lisbon'],
  CEST: ['Europe/Paris'],
  MEZ: ['Europe/Berlin'],
  EEST: ['Europe/Athens'],
  MSK: ['Europe/Moscow'],
  ET: ['America/New_York'],
  EDT: ['America/New_York'],
  CT: ['America/Chicago'],
  CST: ['America/Chicago', 'Asia/Shanghai'],
  CDT: ['America/Chicago'],
  MT: ['America/Denver'],
  MDT: ['America/Denver'],
  PT: ['America/Los_Angeles'],
  PST: ['America/Los_Angeles'],
  PDT: ['America/Los_Angeles'],
  AST: ['America/Halifax'],
  ADT: ['America/Halifax'],
  AKST: ['America/Anchorage'],
  AKDT: ['America/Anchorage'],
  JST: ['Asia/Tokyo'],
  KST: ['Asia/Seoul'],
  SGT: ['Asia/Singapore'],
  HKT: ['Asia/Hong_Kong'],
  PKT: ['Asia/Karachi'],
  SAST: ['Africa/Johannesburg'],
  CAT: ['Africa/Maputo'],
  EAT: ['Africa/Nairobi'],
  AEST: ['Australia/Sydney', 'Australia/Brisbane'],
  AEDT: ['Australia/Sydney'],
  ACST: ['Australia/Adelaide', 'Australia/Darwin'],
  AWST: ['Australia/Perth'],
  NST: ['America/St_Johns'],
  NZST: ['Pacific/Auckland'],
  NZDT: ['Pacific/Auckland'],
  Z: ['UTC'],
  ZULU: ['UTC'],
};

/** Hours of `GMT+1`, `UTC-05:00`; those of zones named Etc count the other way round. */
const OFFSET = /^(?:GMT|UTC) ?([+-])0?(\d{1,2})(?::?00)?$/i;

let zoneNames: readonly string[] | undefined;

/** The zone that is most likely meant, as a suggestion; undefined when none is near. */
export function zoneSuggestion(name: string): string | undefined {
  const zones = ABBREVIATIONS[name.trim().toUpperCase()];
  if (zones !== undefined) return `did you mean ${inWords(zones)}?`;
  const [, sign, hours] = OFFSET.exec(name.trim()) ?? [];
  if (hours !== undefined && Number(hours) <= 12) {
    const fixed = Number(hours) === 0 ? 'UTC' : `Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)}`;
    return (
      `did you mean the zone of a place, or "${fixed}" ` +
      `(${Number(hours) === 0 ? 'all year' : 'all year; its sign is the other way round'})?`
    );
  }
  zoneNames ??= Intl.supportedValuesOf('timeZone');
  return didYouMean(name, zoneNames);
}

function inWords(zones: readonly string[]): string {
  const quoted = zones.map((zone) => JSON.stringify(zone));
  const last = quoted.pop();
  return quoted.length === 0 ? `${last}` : `${quoted.join(', ')} or ${last}`;
}
