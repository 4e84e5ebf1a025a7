import { afterEach, describe, expect, it } from 'vitest';
import { type DataSet, WriteApiClient } from '../../src/index.ts';
import { OK, type RawServer, startRawServer } from '../support/raw-server.ts';

const DATA_SET: DataSet = { data_group: 'carers-allowance', data_type: 'volumes', token: 'token' };
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const PROCESSING = 'HTTP/1.1 102 Processing\r\n\r\n';
const HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n';
const UPGRADE = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';

let server: RawServer;
let client: WriteApiClient;
let bodies: string[];

afterEach(async () => {
  await client.close();
  await server.close();
});

/** Sends each text as a packet of its own. */
async function start(
  when: 'at the head' | 'at the end',
  packets: readonly string[],
  last = OK,
): Promise<void> {
  bodies = [];
  const write = async (socket: { write(text: string, written: () => void): void }) => {
    for (const packet of packets) {
      await new Promise<void>((written) => socket.write(packet, written));
      await new Promise((turn) => setImmediate(turn));
    }
  };
  const begun = new WeakMap<object, Promise<void>>();
  server = await startRawServer({
    onHead: ({ socket }) => {
      if (when === 'at the head') begun.set(socket, write(socket));
    },
    onRequest: async ({ socket, body }) => {
      bodies.push(`${body}`);
      await (begun.get(socket) ?? write(socket));
      socket.write(last);
    },
  });
  client = new WriteApiClient({ url: server.url, gzip: false, retry: { for: 0 }, timeout: 5_000 });
}

describe.each(['at the head', 'at the end'] as const)('interim answers %s of the request', (when) => {
  it.each([
    ['a 100', [CONTINUE]],
    ['a 102', [PROCESSING]],
    ['a 103', [HINTS]],
    ['several', [CONTINUE, PROCESSING, PROCESSING, HINTS, CONTINUE]],
    ['several at once', [CONTINUE + PROCESSING + HINTS]],
    ['a 100 in pieces', ['HTT', 'P/1.1 10', '0 Conti', 'nue\r', '\n\r', '\n']],
  ])('(%s) are passed over, and the connection is used again', async (_what, packets) => {
    await start(when, packets);
    const large = `{"_id":"b","note":"${'x'.repeat(500_000)}"}`;
    for (const record of ['{"_id":"a"}', large, '{"_id":"c"}']) await client.post(DATA_SET, [record]);
    expect(bodies).toEqual(['[{"_id":"a"}]', `[${large}]`, '[{"_id":"c"}]']);
    expect(server.connections).toBe(1);
  });

  it('do not hide what the answer is', async () => {
    await start(when, [CONTINUE], 'HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
    await expect(client.post(DATA_SET, ['{}'])).rejects.toMatchObject({ kind: 'token-refused', status: 401 });
  });
});

it('an interim answer without an end is no answer', async () => {
  await start('at the end', [
    'HTTP/1.1 103 Early Hints\r\n',
    'link: </style.css>; rel=preload\r\n'.repeat(1_000),
  ]);
  await expect(client.post(DATA_SET, ['{}'])).rejects.toMatchObject({ kind: 'cut-off' });
});

it.each([
  ['with the headers of a switch', UPGRADE],
  ['without them', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
])('a 101 %s is an answer, of somebody who is no write API', async (_how, answer) => {
  await start('at the end', [], answer);
  await expect(client.post(DATA_SET, ['{}'])).rejects.toMatchObject({ kind: 'wrong-address', status: 101 });
  expect(bodies).toEqual(['[{}]']);
});
