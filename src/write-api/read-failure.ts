import { persistence, type Subject, writeApiErrorOf } from './failure-of-outcome.ts';
import type { OutcomeKind } from './outcome.ts';
import type { SendResult } from './sender.ts';
import { WriteApiError } from './write-api-error.ts';

/** What may pass, and what would not be told of reading otherwise. */
const SENTENCES: Readonly<Partial<Record<OutcomeKind, (status: number | undefined) => string>>> = {
  'not-now': (status) => `answered ${status}`,
  timeout: () => 'did not answer in time',
  'cut-off': () => 'broke the connection',
  unreachable: () => 'cannot be reached',
  'not-the-write-api': (status) => `answered ${status}, but not as the write API does,`,
};
const REMEDY =
  'Check the network and read_url (url where there is none), or read again later: reading changes nothing.';
const SOMEBODY_ELSE =
  'Check read_url (url where there is none) and the proxy: what answers there is something else, perhaps a proxy or a login page.';

/** The error for a read that got no answer in the end. */
export function failureOfRead(last: SendResult, subject: Subject): WriteApiError {
  const { kind, status, messages, text } = last.outcome;
  const sentence = SENTENCES[kind];
  if (sentence === undefined) return writeApiErrorOf(last, subject);
  const reason = messages?.[0] ?? text;
  const what = `${subject.host} ${sentence(status)} when data set ${subject.dataSet} was read${persistence(last)}`;
  return new WriteApiError(`${what}${reason === '' ? '' : `: ${reason}`}`, {
    ...{
      kind: kind as Exclude<OutcomeKind, 'stored'>,
      side: 'target',
      remedy: kind === 'not-the-write-api' ? SOMEBODY_ELSE : REMEDY,
      unansweredFor: last.elapsed,
    },
    ...{ status, messages },
  });
}
