import type { z } from 'zod';
import type { KeyPath, ProblemCode } from '../finding.ts';

/** What a check of the schema says; it reaches `Finding` through the parameters of zod's issue. */
export interface SchemaComplaint {
  readonly code: ProblemCode;
  /** What should stand there, to follow "expected". */
  readonly expected: string;
  /** What stands there, to follow "got"; left out: the value as it is. */
  readonly got?: string;
  readonly suggestion?: string | undefined;
  /** Start and end of what is wrong in a text; left out: the whole. */
  readonly part?: readonly [number, number] | undefined;
  /** Whether the key is wrong and not what stands under it. */
  readonly atKey?: boolean;
}

/** Says within a schema's check what is wrong; `path` is relative to the value that is checked. */
export function complain(context: z.RefinementCtx, path: KeyPath, complaint: SchemaComplaint): void {
  context.addIssue({ code: 'custom', path: [...path], message: complaint.expected, params: { complaint } });
}

/** The complaint in an issue of `complain`; undefined in every other one. */
export function complaintOf(issue: z.core.$ZodIssue): SchemaComplaint | undefined {
  return issue.code === 'custom' ? (issue.params?.complaint as SchemaComplaint | undefined) : undefined;
}

/** Lets a check run although other parts of the mapping are wrong, so that all mistakes are found at once. */
export function whenSound(...keys: readonly string[]): { when(payload: z.core.ParsePayload): boolean } {
  return {
    when: ({ value, issues }) =>
      isMapping(value) && !issues.some(({ path }) => keys.includes(String(path?.[0]))),
  };
}

/** A check may meet what the schema has refused: then a mapping need not be one. */
export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
