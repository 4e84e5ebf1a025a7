const SUFFIX = '/verification';

/** What the schedule calls the verification of a job. No job has such a name. */
export const verificationOf = (job: string): string => `${job}${SUFFIX}`;

/** The job whose verification has a name in the schedule; undefined: the name is that of a job. */
export const verifiedJob = (name: string): string | undefined =>
  name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : undefined;
