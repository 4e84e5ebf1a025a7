import { differencesOf, type VerificationOutcome } from '../model/verification.ts';
import { counted, grouped, listed } from './counts.ts';

/** What came of a verification, as a clause: `agreed with the source, 12,408 records`. */
export function verificationSaid(outcome: VerificationOutcome): string {
  if (outcome.compared === 'nothing') return `could not be compared: ${outcome.failure.message}`;
  const all = counted(outcome.source, 'record');
  const agrees = differencesOf(outcome) === 0;
  if (outcome.compared === 'records')
    return agrees
      ? `agreed with the source, ${all}`
      : `differed from the source, which has ${all}: ${listed(kindsOf(outcome))}`;
  const days = counted(outcome.days, 'day');
  return agrees
    ? `agreed with the source in counts and sums, ${all} on ${days}`
    : `differed from the source in counts or sums on ${grouped(outcome.differing)} of ${days}`;
}

/** `3 missing, 1 different` */
function kindsOf({
  missing,
  different,
  extra,
}: VerificationOutcome & { readonly compared: 'records' }): string[] {
  const kinds = [
    [missing, 'missing in the data set'],
    [different, 'different'],
    [extra, 'in the data set alone'],
  ] as const;
  return kinds.flatMap(([count, words]) => (count === 0 ? [] : `${grouped(count)} ${words}`));
}

/** What of a data set differs: `8 records`; undefined: nothing, or nobody knows. */
export function differenceText(outcome: VerificationOutcome): string | undefined {
  const differences = differencesOf(outcome) ?? 0;
  if (differences === 0) return undefined;
  return counted(differences, outcome.compared === 'sums' ? 'day' : 'record');
}
