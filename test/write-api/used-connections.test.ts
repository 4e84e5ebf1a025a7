import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DataSet, WriteApiClient, type WriteApiOptions } from '../../src/index.ts';
import { type ForwardProxy, startForwardProxy } from '../support/forward-proxy.ts';
import { OK, type RawReplies, type RawServer, startRawServer } from '../support/raw-server.ts';
import { reset } from '../support/reset.ts';
import { makeTestCertificates, type TestCertificates } from '../support/test-certificates.ts';

const DATA_SET: DataSet = { data_group: 'carers-allowance', data_type: 'volumes', token: 'token' };
const ROUNDS = 3;

let certificates: TestCertificates;
let proxy: ForwardProxy;
let server: RawServer | undefined;
let client: WriteApiClient | undefined;
/** Bodies that were read to their end and answered, in order. */
let stored: string[];

beforeAll(async () => {
  certificates = makeTestCertificates();
  proxy = await startForwardProxy();
});

afterAll(async () => {
  await proxy.close();
  certificates.remove();
});

afterEach(async () => {
  await client?.close();
  await server?.close();
});

/** What a server does that answers one request for each connection. */
const WAYS: Readonly<Record<string, RawReplies>> = {
  'ends it 30 ms after the answer': {
    onRequest: ({ socket, number, body }) => {
      if (number > 1) return;
      stored.push(`${body}`);
      socket.write(OK);
      setTimeout(() => socket.end(), 30);
    },
  },
  'resets it 30 ms after the answer': {
    onRequest: ({ socket, number, body }) => {
      if (number > 1) return;
      stored.push(`${body}`);
      socket.write(OK);
      setTimeout(() => reset(socket), 30);
    },
  },
  'ends it while the next request is being written': {
    onHead: ({ socket, number }) => number > 1 && socket.end(),
    onRequest: ({ socket, number, body }) => {
      if (number > 1) return;
      stored.push(`${body}`);
      socket.write(OK);
    },
  },
  'resets it while the next request is being written': {
    onHead: ({ socket, number }) => number > 1 && reset(socket),
    onRequest: ({ socket, number, body }) => {
      if (number > 1) return;
      stored.push(`${body}`);
      socket.write(OK);
    },
  },
  'closes its half of it with the answer and reads on': {
    onRequest: ({ socket, number, body }) => {
      if (number > 1) return;
      stored.push(`${body}`);
      socket.end(OK);
    },
  },
  'reads the next request and cuts it off instead of answering': {
    onRequest: ({ socket, number, body }) => {
      if (number === 1) stored.push(`${body}`);
      if (number === 1) socket.write(OK);
      else socket.destroy();
    },
  },
};

const ROUTES = ['http', 'https', 'https through a proxy'] as const;

async function start(way: RawReplies, route: (typeof ROUTES)[number], inFlight: number): Promise<void> {
  stored = [];
  const isSecure = route.startsWith('https');
  server = await startRawServer(way, isSecure ? certificates.localhost : undefined);
  const options: WriteApiOptions = {
    url: server.url,
    gzip: false,
    max_batch_bytes: 2_000_000,
    connections: inFlight,
    ...(isSecure && { ca_file: certificates.caFile }),
    ...(route.endsWith('proxy') && { proxy: `http://127.0.0.1:${proxy.port}` }),
    retry: { for: 0 },
  };
  client = new WriteApiClient(options);
}

describe.each(Object.keys(WAYS))('a server that %s', (way) => {
  describe.each(ROUTES)('over %s', (route) => {
    it.each([
      [1, 'small', 10],
      [2, 'large', 1_000_000],
    ])('gets everything, %i at a time, %s bodies, without a retry', async (inFlight, _size, length) => {
      await start(WAYS[way] as RawReplies, route, inFlight);
      const bodies: string[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const records = Array.from({ length: inFlight }, (_, index) =>
          JSON.stringify({ _id: `${round}-${index}`, note: 'x'.repeat(length) }),
        );
        bodies.push(...records.map((record) => `[${record}]`));
        const told = await Promise.all(records.map((record) => client?.post(DATA_SET, [record])));
        expect(told.map((each) => each?.requests)).toEqual(records.map(() => 1));
      }
      expect(stored.toSorted()).toEqual(bodies.toSorted());
      expect(stored).not.toContain('[]');
    });
  });
});

describe('a connection that breaks', () => {
  it('is followed by one fresh one only: if that breaks too, it counts', async () => {
    const bodies: string[] = [];
    await start(
      {
        onRequest: ({ socket, number, body }) => {
          bodies.push(`${body}`);
          if (bodies.length === 1) socket.write(OK);
          else socket.destroy();
          expect(number).toBeLessThanOrEqual(2);
        },
      },
      'http',
      1,
    );
    const options = { url: server?.url ?? '', retry: { for: 0 } };
    const once = new WriteApiClient(options);
    await once.post(DATA_SET, ['{"_id":"a"}']);
    await expect(once.post(DATA_SET, ['{"_id":"b"}'])).rejects.toMatchObject({ kind: 'cut-off' });
    await once.close();
    expect(bodies).toEqual(['[{"_id":"a"}]', '[{"_id":"b"}]', '[{"_id":"b"}]']);
    expect(server?.connections).toBe(2);
  });

  it('after its answer had begun is no such case', async () => {
    const bodies: string[] = [];
    await start(
      {
        onRequest: ({ socket, body }) => {
          bodies.push(`${body}`);
          if (bodies.length === 1) socket.write(OK);
          else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"stat');
        },
      },
      'http',
      1,
    );
    const once = new WriteApiClient({ url: server?.url ?? '', retry: { for: 0 } });
    await once.post(DATA_SET, ['{"_id":"a"}']);
    await expect(once.post(DATA_SET, ['{"_id":"b"}'])).rejects.toMatchObject({ kind: 'cut-off' });
    await once.close();
    expect(bodies).toEqual(['[{"_id":"a"}]', '[{"_id":"b"}]']);
  });
});
