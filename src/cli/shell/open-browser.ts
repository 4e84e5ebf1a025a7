import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What opens a page in the browser that a person has chosen, by the system it is on. */
function openerOf(platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  return platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler'] : ['xdg-open'];
}

/** Opens a page in the browser. Resolves with why it could not be opened; undefined when it was. */
export async function openBrowser(url: string): Promise<string | undefined> {
  const [command, ...first] = openerOf(process.platform);
  // No shell, so that nothing of the address is taken for a command; and it may live longer than we do.
  const child = spawn(command, [...first, url], { stdio: 'ignore', detached: true });
  child.unref();
  try {
    const [code] = await once(child, 'exit');
    return code === 0 ? undefined : `${command} ended with code ${code}`;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? `${command} is not installed` : `${command} could not be started`;
  }
}
