import { parseLoginUrl } from '../config/login-url.ts';
import { URL_VARIABLE } from './config-file.ts';
import { type JobDraft, tokenVariable } from './job-draft.ts';

/** The text of the file with what is secret. @param url of a database that is no file @param token undefined: left to fill in */
export function envFile(url: string | undefined, draft: JobDraft, token: string | undefined): string {
  const lines = [
    '# Every command reads this file beside config.yaml. Keep it from others, and out of version control.',
    ...(url === undefined ? [] : [`${URL_VARIABLE}=${quoted(withoutQuotes(url))}`]),
    `${tokenVariable(draft)}=${token === undefined ? '' : quoted(token)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** A quote needs no encoding in a URL, and says the same with it. */
function withoutQuotes(text: string): string {
  const url = parseLoginUrl(text);
  return ('fault' in url ? text : url.encoded).replaceAll("'", '%27');
}

const quoted = (text: string): string => {
  const quote = ["'", '"', '`'].find((each) => !text.includes(each)) ?? '';
  return `${quote}${text}${quote}`;
};
