import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A program made from C, or the reason why there is none. */
export type Compiled = { readonly path: string } | { readonly because: string };

/**
 * @param folder where the program is put
 * @param flags that follow the source: libraries and their folders
 */
export function compile(
  source: string,
  folder: string,
  name: string,
  flags: readonly string[] = [],
): Compiled {
  const path = join(folder, name);
  const { error, status, stderr } = spawnSync('cc', ['-O2', '-o', path, source, ...flags], {
    encoding: 'utf8',
  });
  if (error !== undefined) return { because: 'there is no C compiler (cc)' };
  if (status === 0) return { path };
  return {
    because: `it does not compile: ${stderr.split('\n').find((line) => line.includes('error')) ?? stderr}`,
  };
}
