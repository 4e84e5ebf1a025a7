import { spawn } from 'node:child_process';
import { once } from 'node:events';

type Environment = Readonly<Record<string, string | undefined>>;

/** The shell did not find it. */
const NOT_FOUND = 127;

/** The command that shows long texts, as git chooses it; undefined when none is wanted. */
export function pagerOf({ PAGER, NO_PAGER = '', TERM }: Environment): string | undefined {
  if (NO_PAGER !== '' || TERM === 'dumb' || PAGER === '' || PAGER === 'cat') return undefined;
  return PAGER ?? 'less';
}

/** Shows a text until the reader has seen enough. @returns false when there is no such pager */
export async function showIn(pager: string, text: string, environment: Environment): Promise<boolean> {
  // Colours as they are, and nothing cleared at the end, as git tells less.
  const child = spawn(pager, {
    shell: true,
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { LESS: 'FRX', ...environment },
  });
  const ignore = () => undefined;
  // Ctrl-C is the pager's; who has seen enough does not read on.
  process.on('SIGINT', ignore);
  child.stdin.on('error', ignore);
  child.stdin.end(text);
  try {
    const [code] = await once(child, 'close');
    return code !== NOT_FOUND;
  } finally {
    process.off('SIGINT', ignore);
  }
}
