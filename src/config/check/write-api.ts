import type { z } from 'zod';
import { parseLoginUrl } from '../login-url.ts';
import { requireLength } from '../schema/values.ts';
import type { Secret } from '../secret.ts';
import { complain } from './complain.ts';

interface Addressed {
  readonly url: string;
  readonly read_url?: string | undefined;
  readonly proxy?: Secret | undefined;
  readonly allow_plain_http: boolean;
  readonly retry: { readonly first_delay: number; readonly max_delay: number };
}

const EXAMPLE = 'https://www.performance.service.gov.uk';

/** The rules between the keys of `write_api`, and for its addresses. */
export function checkWriteApi(settings: Addressed, context: z.RefinementCtx): void {
  const mistake = urlMistake(settings.url) ?? plainHttpMistake(settings);
  if (mistake !== undefined) complain(context, ['url'], { code: 'wrong-value', ...mistake });
  const readMistake = settings.read_url === undefined ? undefined : urlMistake(settings.read_url);
  if (readMistake !== undefined) complain(context, ['read_url'], { code: 'wrong-value', ...readMistake });
  if (settings.proxy !== undefined) checkProxy(settings.proxy.reveal(), context);
  if (settings.retry.first_delay > settings.retry.max_delay) {
    const expected = 'a delay that is not longer than max_delay';
    complain(context, ['retry', 'first_delay'], { code: 'contradiction', expected });
  }
}

interface Mistake {
  readonly expected: string;
  readonly got?: string;
  readonly suggestion?: string;
}

function urlMistake(text: string): Mistake | undefined {
  // Also where the rest of a password would be taken for a port or a path.
  if (text.includes('@')) {
    return { expected: 'an address without user name and password', got: 'one with them' };
  }
  const url = URL.parse(text);
  if (url === null) return { expected: `an address such as ${EXAMPLE}` };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { expected: 'an address that begins with https://', got: `one that begins with ${url.protocol}` };
  }
  if (url.search !== '' || url.hash !== '') {
    return { expected: 'an address without ? and #', got: 'one with them' };
  }
  return undefined;
}

function plainHttpMistake({ url: text, allow_plain_http }: Addressed): Mistake | undefined {
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' || allow_plain_http || isLoopback(url.hostname)) return undefined;
  return {
    expected: 'an address that begins with https://',
    got: `http:// to ${url.hostname}`,
    suggestion: 'over http tokens travel in the clear; allow_plain_http: true accepts that',
  };
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  );
}

function checkProxy(text: string, context: z.RefinementCtx): void {
  const url = parseLoginUrl(text);
  const isFault = 'fault' in url;
  if (!isFault && url.protocol === 'http:' && url.host !== '' && url.path === '') {
    requireLength('password', url.password, context, ['proxy']);
    return;
  }
  const { fault: expected = 'a URL such as http://proxy.example:3128', suggestion = undefined } =
    isFault && url.suggestion !== undefined ? url : {};
  complain(context, ['proxy'], { code: 'wrong-value', expected, got: 'another text', suggestion });
}
