import { isoTime } from '../../calendar/date-time.ts';
import type { Config } from '../../config/config.ts';
import type { StoredDeadLetter } from '../../model/dead-letter.ts';
import { subjectOf, subjectText } from '../../model/letter-subject.ts';
import { hasWindows } from '../../model/mode.ts';
import type { RawValue } from '../../model/row.ts';
import { DEAD_LETTER_MESSAGES } from '../../observe/messages/catalogue.ts';
import { inOneLine } from '../../words/printable.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import { exactNumbers, jsonText } from '../shell/json.ts';
import type { Setting } from '../shell/setting.ts';
import { table } from '../shell/table.ts';
import type { Terminal } from '../shell/terminal.ts';
import { localTimeText, minuteText, remedyText, windowText } from '../shell/text.ts';
import { withState } from '../wiring.ts';
import { type LetterSelection, selectLetters } from './select.ts';

const codeOf = ({ cause }: StoredDeadLetter): string => DEAD_LETTER_MESSAGES[cause].code;

const columnsIn = (clock: string) => [
  'id',
  'job',
  { name: 'row', worth: 4 },
  { name: 'code', worth: 3 },
  { name: `first seen (${clock})`, worth: 1 },
  { name: `last seen (${clock})`, worth: 2 },
  { name: 'reason', narrow: 'cut', least: 30 } as const,
];

/** One line for each; on a terminal the reasons are cut, so that a line stays one. */
export function letterTable(
  letters: readonly StoredDeadLetter[],
  { jobs, schedule }: Config,
  { width }: Terminal,
): string {
  const clock = schedule.timezone;
  const rows = letters.map((letter) => [
    String(letter.id),
    letter.job,
    subjectText(subjectOf(letter, jobs.find(({ name }) => name === letter.job)?.record)),
    codeOf(letter),
    minuteText(letter.firstSeen, clock),
    minuteText(letter.lastSeen, clock),
    inOneLine(letter.reason),
  ]);
  return table(columnsIn(clock), rows, width);
}

/** Everything that is known of one dead letter. */
function letterText(letter: StoredDeadLetter, config: Config, terminal: Terminal): string {
  const clock = config.schedule.timezone;
  const { text, code, action: general } = DEAD_LETTER_MESSAGES[letter.cause];
  const action = general
    .replaceAll(/replay JOB|JOB ID/g, (match) => match.replace(/JOB.*/, `${letter.job} ${letter.id}`))
    .replaceAll('JOB', letter.job);
  const facts = [
    ['code', `${code}: ${text}`],
    ['reason', letter.reason],
    ...(letter.window === undefined ? [] : [['collected', collectedText(letter, config)]]),
    ['first seen', minuteText(letter.firstSeen, clock)],
    ['last seen', `${minuteText(letter.lastSeen, clock)}, in run ${letter.run}`],
    ['times in', clock],
    ['key', letter.key],
  ].map(([name = '', value = '']) => `  ${name.padEnd(12)}${value}\n`);
  const head = terminal.style('bold', `dead letter ${letter.id} of ${letter.job}`);
  const explained = remedyText(`pp-db-collector explain ${code}`);
  const remedies = `${remedyText(letter.remedy)}${againText(letter, config)}`;
  return `${head}\n${facts.join('')}${remedies}\n${contentText(letter)}\n${action}\n${explained}`;
}

/** A row is replayed as it was; what it is now only its query tells. */
function againText({ job: name, window, content }: StoredDeadLetter, { jobs }: Config): string {
  const job = jobs.find((each) => each.name === name);
  if (content.kind !== 'row' || window === undefined || job === undefined || !hasWindows(job)) return '';
  const [from, to] = [window.from, window.to].map((instant) =>
    localTimeText(instant, job.timezone)
      .replace(' ', 'T')
      .replace(/:\d\d$/, '$&:00'),
  );
  return remedyText(
    `To collect that time as it is now: \`pp-db-collector run ${name} --from ${from} --to ${to}\``,
  );
}

function collectedText({ job, window }: StoredDeadLetter, config: Config): string {
  const clock = config.schedule.timezone;
  const zone = config.jobs.find(({ name }) => name === job)?.timezone ?? clock;
  if (window?.from === window?.to) return `as a snapshot at ${minuteText(window?.from ?? 0, clock)}`;
  return windowText(window, zone, clock);
}

function contentText({ content }: StoredDeadLetter): string {
  if (content.kind === 'record') {
    const record: unknown = JSON.parse(content.json, exactNumbers);
    return `the record:\n${jsonText(record)}`;
  }
  const rows = content.columns.map(({ name, type }, index) => [
    name,
    type,
    valueText(content.row[index] ?? null),
  ]);
  return `the row:\n${table(['column', 'type', 'value'], rows)}`;
}

/** A text as JSON has it, because what cannot be sent often cannot be seen either. */
function valueText(value: RawValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return JSON.stringify(value);
  return value instanceof Uint8Array ? `<${value.length} bytes>` : String(value);
}

/** For `--json`. @param withContent whether to show the row or the record, too */
export function letterJson(letter: StoredDeadLetter, withContent: boolean): Record<string, unknown> {
  const { id, job, cause, reason, remedy, run, key, window, firstSeen, lastSeen } = letter;
  return {
    id,
    job,
    code: codeOf(letter),
    cause,
    reason,
    remedy,
    key,
    run,
    window: window === undefined ? null : { from: isoTime(window.from), to: isoTime(window.to) },
    first_seen: isoTime(firstSeen),
    last_seen: isoTime(lastSeen),
    ...(withContent ? contentJson(letter) : {}),
  };
}

function contentJson({ content }: StoredDeadLetter): Record<string, unknown> {
  if (content.kind === 'record') return { record: JSON.parse(content.json, exactNumbers) };
  const row = content.columns.map(({ name, type }, index) => {
    const value = content.row[index] ?? null;
    return { column: name, type, value: value === null ? null : plainText(value) };
  });
  return { row };
}

const plainText = (value: Exclude<RawValue, null>): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);

interface LetterFlags {
  readonly json?: boolean;
}

type Names = readonly (string | undefined)[];

/** `dead-letters list`: one line for each. */
export async function listLetters(names: Names, flags: LetterFlags, setting: Setting): Promise<ExitCode> {
  const { config, terminal } = setting;
  const { letters } = await selected(names, setting);
  if (flags.json === true) {
    await terminal.print(jsonText(letters.map((letter) => letterJson(letter, false))));
  } else if (letters.length === 0) terminal.tell('there are no dead letters\n');
  else await terminal.page(letterTable(letters, config, terminal));
  return EXIT.success;
}

/** `dead-letters show`: everything of each. */
export async function showLetters(names: Names, flags: LetterFlags, setting: Setting): Promise<ExitCode> {
  const { config, terminal } = setting;
  const { letters } = await selected(names, setting);
  if (flags.json === true) {
    await terminal.print(jsonText(letters.map((letter) => letterJson(letter, true))));
    return EXIT.success;
  }
  if (letters.length === 0) terminal.tell(noLetters(names));
  else await terminal.page(letters.map((letter) => letterText(letter, config, terminal)).join('\n'));
  return EXIT.success;
}

const noLetters = ([job]: Names): string =>
  `there are no dead letters${job === undefined ? '' : ` of ${job}`}\n`;

const selected = (names: Names, setting: Setting): Promise<LetterSelection> =>
  withState(setting.config, (state) => selectLetters(names, state, setting));
