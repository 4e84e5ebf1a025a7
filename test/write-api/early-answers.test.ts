import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DataSet, WriteApiClient } from '../../src/index.ts';
import { startRawServer } from '../support/raw-server.ts';
import { makeTestCertificates, type TestCertificates } from '../support/test-certificates.ts';

const DATA_SET: DataSet = { data_group: 'carers-allowance', data_type: 'volumes', token: 'token' };
/** Larger than what sockets buffer, so that the answer comes while it is still being sent. */
const LARGE = `{"note":"${'x'.repeat(5_000_000)}"}`;
const POSTS = 10;

let certificates: TestCertificates;

beforeAll(() => {
  certificates = makeTestCertificates();
});

afterAll(() => certificates.remove());

it.each([
  ['http', '401 Unauthorized', 'token-refused'],
  ['http', '404 Not Found', 'unknown-data-set'],
  ['https', '401 Unauthorized', 'token-refused'],
  ['https', '404 Not Found', 'unknown-data-set'],
])(
  'over %s a %s that comes before the connection breaks is used, each time',
  async (protocol, line, kind) => {
    const heads: string[] = [];
    const isSecure = protocol === 'https';
    const server = await startRawServer(
      {
        onHead: ({ socket, head }) => {
          heads.push(head);
          // What has come of the body is not read: closing the connection resets it.
          const answer = `HTTP/1.1 ${line}\r\nconnection: close\r\ncontent-length: 18\r\n\r\n{"message":"sorry"`;
          socket.pause().write(answer, () => socket.destroy());
        },
        onRequest: () => {},
      },
      isSecure ? certificates.localhost : undefined,
    );
    const client = new WriteApiClient({
      url: server.url,
      gzip: false,
      max_batch_bytes: 10_000_000,
      retry: { for: 0 },
      ...(isSecure && { ca_file: certificates.caFile }),
    });
    const kinds: unknown[] = [];
    for (let post = 0; post < POSTS; post += 1)
      kinds.push((await client.post(DATA_SET, [LARGE]).catch((error: unknown) => error)) as { kind: string });
    await client.close();
    await server.close();
    expect(kinds).toEqual(Array(POSTS).fill(expect.objectContaining({ kind })));
    expect(heads).toHaveLength(POSTS);
  },
);

it('an answer that comes before the body was read is used, and the next request goes over a fresh connection', async () => {
  const server = await startRawServer({
    onHead: ({ socket }) => socket.pause().write('HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\n{}'),
    onRequest: () => {},
  });
  const options = { url: server.url, gzip: false, max_batch_bytes: 10_000_000, retry: { for: 0 } };
  const client = new WriteApiClient(options);
  for (const connections of [1, 2]) {
    const kind = 'token-refused';
    await expect(client.post(DATA_SET, [LARGE])).rejects.toMatchObject({ kind });
    expect(server.connections).toBe(connections);
  }
  await client.close();
  await server.close();
});

it('a refusal that breaks off is a refusal; a success that breaks off is none', async () => {
  for (const [line, kind] of [
    ['404 Not Found', 'unknown-data-set'],
    ['200 OK', 'cut-off'],
  ]) {
    const server = await startRawServer({
      onRequest: ({ socket }) => socket.end(`HTTP/1.1 ${line}\r\ncontent-length: 100\r\n\r\n{"status":"ok"}`),
    });
    const client = new WriteApiClient({ url: server.url, retry: { for: 0 } });
    await expect(client.post(DATA_SET, ['{}'])).rejects.toMatchObject({ kind });
    await client.close();
    await server.close();
  }
});
