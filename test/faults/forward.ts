import { type IncomingHttpHeaders, type RequestOptions, request as send } from 'node:http';

export interface ForwardedAnswer {
  readonly status: number;
  readonly body: string;
}

export interface Forwardable {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Passes a request on to the write API. Throws when it gives no answer. */
export function forward(
  port: number,
  { method, url, headers }: Forwardable,
  body: Buffer,
): Promise<ForwardedAnswer> {
  const own = ['authorization', 'content-type', 'content-encoding', 'user-agent'];
  const passed = Object.fromEntries(
    own.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      host: '127.0.0.1',
      port,
      method: method ?? 'POST',
      path: url ?? '/',
      agent: false,
      headers: { ...passed, 'content-length': body.length },
    };
    const request = send(options, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (some: string) => (text += some));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
      answer.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
