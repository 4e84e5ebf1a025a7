import { WriteApiError } from '../../src/index.ts';

/** What the client fails with. */
export async function failureOf(promise: Promise<unknown>): Promise<WriteApiError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof WriteApiError) return error;
  throw new Error(`no WriteApiError but ${error}`);
}
