import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type DataSet, WriteApiClient } from '../../src/index.ts';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';
import { makeTestCertificates, type TestCertificates } from '../support/test-certificates.ts';

const DATA_SET: DataSet = { data_group: 'carers-allowance', data_type: 'volumes', token: 'token' };

let certificates: TestCertificates;
let target: FaultyServer;
let proxy: RawServer;
let client: WriteApiClient;
let heads: string[];

beforeAll(async () => {
  certificates = makeTestCertificates();
  target = await startFaultyServer(certificates.localhost);
});

afterAll(async () => {
  await target.close();
  certificates.remove();
});

afterEach(async () => {
  await client.close();
  await proxy.close();
});

/** A proxy that sends each text as a packet of its own, and then does what is given. */
async function start(packets: readonly string[], then: (socket: Socket) => void): Promise<void> {
  heads = [];
  proxy = await startRawServer({
    onRequest: async ({ socket, head }) => {
      heads.push(head);
      socket.removeAllListeners('data').pause();
      for (const packet of packets) {
        await new Promise((written) => socket.write(packet, written));
        await new Promise((turn) => setImmediate(turn));
      }
      then(socket);
    },
  });
  client = new WriteApiClient({
    url: target.url,
    ca_file: certificates.caFile,
    proxy: proxy.url.replace('//', '//user:secret@'),
    retry: { for: 0 },
    timeout: 5_000,
  });
}

it('is asked for with the login, and opens also when the answer comes in pieces', async () => {
  await start(['HTT', 'P/1.1 200 Connection es', 'tablished\r', '\nvia: 1.1 p\r\n', '\r\n'], (socket) => {
    const onward = connect(target.port, '127.0.0.1', () => socket.pipe(onward).pipe(socket));
    socket.once('close', () => onward.destroy());
  });
  await client.post(DATA_SET, ['{"_id":"a"}']);
  await client.post(DATA_SET, ['{"_id":"b"}']);
  const authority = `localhost:${target.port}`;
  const login = Buffer.from('user:secret').toString('base64');
  expect(heads).toEqual([
    `CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\nproxy-authorization: Basic ${login}`,
  ]);
  expect(target.requests.map(({ text }) => text)).toEqual(['[{"_id":"a"}]', '[{"_id":"b"}]']);
});

it.each([
  ['no', ['HTTP/1.0 40', '3 Not you\r', '\nx: y\r\n\r', '\n'], 'proxy-refused', 'answered 403 Not you'],
  ['no, without a reason', ['HTTP/1.1 407\r\n\r\n'], 'proxy-refused', 'the proxy answered 407'],
  ['not now', ['HTTP/1.1 502 Bad Gateway\r\n\r\n'], 'unreachable', 'answered 502 Bad Gateway'],
  ['another protocol', ['SSH-2.0-OpenSSH_9.6\r\n'.repeat(1_000)], 'unreachable', 'did not answer in HTTP'],
  ['nothing', [], 'unreachable', 'the connection was closed before it was complete'],
  ['half an answer', ['HTTP/1.1 200 OK\r\n'], 'unreachable', 'closed before it was complete'],
])('is not there when the proxy says %s', async (_what, packets, kind, message) => {
  await start(packets, (socket) => socket.end());
  const error = await client.post(DATA_SET, ['{}']).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind, message: expect.stringContaining(message) });
});
