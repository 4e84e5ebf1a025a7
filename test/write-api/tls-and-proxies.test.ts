import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getCACertificates, rootCertificates } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DataSet, WriteApiClient, type WriteApiOptions } from '../../src/index.ts';
import { authoritiesWith } from '../../src/write-api/certificates.ts';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { type ForwardProxy, type ForwardProxyOptions, startForwardProxy } from '../support/forward-proxy.ts';
import { startRawServer } from '../support/raw-server.ts';
import { makeTestCertificates, type TestCertificates } from '../support/test-certificates.ts';
import { failureOf } from './failure-of.ts';
import { swiftTiming } from './swift-timing.ts';

const DATA_SET: DataSet = { data_group: 'carers-allowance', data_type: 'volumes', token: 'sec-token' };

let certificates: TestCertificates;
let secure: FaultyServer;
let misnamed: FaultyServer;
let plain: FaultyServer;
let opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  certificates = makeTestCertificates();
  secure = await startFaultyServer(certificates.localhost);
  misnamed = await startFaultyServer(certificates.elsewhere);
  plain = await startFaultyServer();
});

afterAll(async () => {
  await Promise.all([secure, misnamed, plain].map((server) => server.close()));
  certificates.remove();
});

afterEach(async () => {
  for (const resource of opened) await resource.close();
  opened = [];
});

function clientWith(options: WriteApiOptions): WriteApiClient {
  const client = new WriteApiClient({ timing: swiftTiming(), ...options });
  opened.push(client);
  return client;
}

async function proxyWith(options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const proxy = await startForwardProxy(options);
  opened.push(proxy);
  return proxy;
}

describe('https', () => {
  it('is spoken with a server whose authority is in ca_file', async () => {
    const before = secure.connections;
    const client = clientWith({ url: secure.url, ca_file: certificates.caFile });
    await client.post(DATA_SET, ['{"_id":"a"}']);
    await client.post(DATA_SET, ['{"_id":"b"}']);
    expect(secure.requests.slice(-2).map(({ text }) => text)).toEqual(['[{"_id":"a"}]', '[{"_id":"b"}]']);
    expect(secure.connections - before).toBe(1);
    expect(secure.requests.at(-1)?.servername).toBe('localhost');
  });

  it('is not spoken with others: configuration, tried once', async () => {
    const before = secure.requests.length;
    const timing = swiftTiming();
    const error = await failureOf(clientWith({ url: secure.url, timing }).post(DATA_SET, ['{}']));
    expect(error).toMatchObject({ kind: 'untrusted-certificate', side: 'config' });
    expect(error.remedy).toContain('ca_file');
    expect(timing.waits).toEqual([]);
    expect(secure.requests.length).toBe(before);
  });

  it('is not spoken with a trusted certificate for another name', async () => {
    const client = clientWith({ url: misnamed.url, ca_file: certificates.caFile });
    expect(await failureOf(client.post(DATA_SET, ['{}']))).toMatchObject({ kind: 'untrusted-certificate' });
    expect(misnamed.requests).toEqual([]);
  });

  it('stays verified when the environment asks Node not to', async () => {
    const script = `
      import { WriteApiClient } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)};
      const client = new WriteApiClient({ url: ${JSON.stringify(secure.url)}, retry: { for: 0 } });
      const dataSet = { data_group: 'a', data_type: 'b', token: 'c' };
      console.log(await client.post(dataSet, ['{}']).then(() => 'stored', (error) => error.kind));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      {
        env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      },
    );
    expect(stdout.trim()).toBe('untrusted-certificate');
  });

  it('trusts the authorities of Node, of the system and of ca_file together', () => {
    const trusted = new Set(authoritiesWith(certificates.caFile));
    const added = readFileSync(certificates.caFile, 'utf8').trim();
    const expected = [...rootCertificates, ...getCACertificates('system'), added];
    expect(expected.filter((authority) => !trusted.has(authority))).toEqual([]);
  });

  it('to a port that speaks http fails as unreachable, after retries', async () => {
    const timing = swiftTiming();
    const client = clientWith({ url: plain.url.replace('http:', 'https:'), timing, retry: { for: 1_000 } });
    expect(await failureOf(client.post(DATA_SET, ['{}']))).toMatchObject({
      kind: 'unreachable',
      side: 'target',
    });
    expect(timing.waits).toEqual([500, 500]);
  });
});

describe('a certificate that is not trusted', () => {
  const remedies = {
    owner: /^Ask those who run https:\/\/localhost:\d+ to renew it, .*ca_file cannot help here/,
    clock: /^Check the clock of this machine.*ca_file cannot help here/,
    name: /^Write in the url a name that the certificate is for.*ca_file cannot help here/,
    itself: /set ca_file to a PEM file with the certificate itself/,
    authority: /set ca_file to a PEM file with the authority that issued it/,
    other: /add the certificate itself to the ca_file .*ca\.pem, which does not hold it/,
  };

  it.each([
    ['expired', true, 'CERT_HAS_EXPIRED', remedies.owner],
    ['future', true, 'CERT_NOT_YET_VALID', remedies.clock],
    ['elsewhere', true, 'ERR_TLS_CERT_ALTNAME_INVALID', remedies.name],
    ['selfSigned', false, 'DEPTH_ZERO_SELF_SIGNED_CERT', remedies.itself],
    ['selfSigned', true, 'DEPTH_ZERO_SELF_SIGNED_CERT', remedies.other],
    ['localhost', false, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', remedies.authority],
  ] as const)('(%s, ca_file %s: %s) is told with what helps', async (name, hasFile, code, remedy) => {
    const server = await startFaultyServer(certificates[name]);
    opened.push(server);
    const client = clientWith({ url: server.url, ...(hasFile && { ca_file: certificates.caFile }) });
    const error = await failureOf(client.post(DATA_SET, ['{}']));
    expect(error).toMatchObject({ kind: 'untrusted-certificate', side: 'config' });
    expect(error.message).toContain(code);
    expect(error.remedy).toMatch(remedy);
  });
});

describe('the wrong protocol', () => {
  it('https at a port of http is told so', async () => {
    const client = clientWith({ url: plain.url.replace('http:', 'https:'), retry: { for: 0 } });
    const error = await failureOf(client.post(DATA_SET, ['{}']));
    expect(error.message).toMatch(/: wrong version number \(ERR_SSL_WRONG_VERSION_NUMBER\)$/);
    expect(error.remedy).toMatch(/^It does not speak TLS at this port/);
  });

  it('http at a port of https that cuts the connection is told what it may be', async () => {
    const client = clientWith({ url: secure.url.replace('https:', 'http:'), retry: { for: 0 } });
    const error = await failureOf(client.post(DATA_SET, ['{}']));
    expect(error.kind).toBe('cut-off');
    expect(error.remedy).toContain('if it speaks https, write https:// in the url');
  });

  it.each([
    'HTTP/1.1 400 Bad Request\r\ncontent-length: 54\r\n\r\nThe plain HTTP request was sent to HTTPS port (nginx) .',
    'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n',
    "HTTP/1.1 400 Bad Request\r\n\r\n<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.</p>",
    // An alert of TLS: a message was not expected.
    '\u0015\u0003\u0001\u0000\u0002\u0002\u000a',
  ])(
    'http at a port of https that says so (%#) is configuration, and no record is refused',
    async (answer) => {
      const server = await startRawServer({ onRequest: ({ socket }) => socket.end(answer, 'latin1') });
      opened.push(server);
      const error = await failureOf(clientWith({ url: server.url }).post(DATA_SET, ['{}', '{}']));
      expect(error).toMatchObject({
        kind: 'wants-tls',
        side: 'config',
        remedy: 'Write https:// in the url.',
      });
    },
  );
});

describe('a proxy', () => {
  it('is tunnelled through for https, with the certificate of the write host checked', async () => {
    const proxy = await proxyWith({ credentials: 'user:p@ss/é' });
    const options = { url: secure.url, proxy: `http://user:p%40ss%2F%C3%A9@127.0.0.1:${proxy.port}` };
    const client = clientWith({ ...options, ca_file: certificates.caFile });
    await client.post(DATA_SET, ['{"_id":"tunnel"}']);
    await client.post(DATA_SET, ['{"_id":"tunnel"}']);
    expect(proxy.requests).toEqual([`CONNECT localhost:${secure.port}`]);
    expect(secure.requests.at(-1)?.text).toBe('[{"_id":"tunnel"}]');
    expect(secure.requests.at(-1)?.headers).not.toHaveProperty('proxy-authorization');
    expect(await failureOf(clientWith(options).post(DATA_SET, ['{}']))).toMatchObject({
      kind: 'untrusted-certificate',
    });
  });

  it('forwards plain http, where that is allowed, without passing on its own credentials', async () => {
    const proxy = await proxyWith({ credentials: 'user:' });
    const client = clientWith({ url: `${plain.url}/prefix`, proxy: `http://user@127.0.0.1:${proxy.port}` });
    await client.post(DATA_SET, ['{"_id":"forwarded"}']);
    expect(proxy.requests).toEqual([`POST ${plain.url}/prefix/data/carers-allowance/volumes`]);
    const [request] = plain.requests.slice(-1);
    expect(request).toMatchObject({
      path: '/prefix/data/carers-allowance/volumes',
      text: '[{"_id":"forwarded"}]',
    });
    expect(request?.headers.host).toBe(`127.0.0.1:${plain.port}`);
  });

  it.each(['https', 'http'])(
    'that refuses the credentials is configuration, tried once, for %s',
    async (protocol) => {
      const proxy = await proxyWith({ credentials: 'user:right' });
      const timing = swiftTiming();
      const url = protocol === 'https' ? secure.url : plain.url;
      const client = clientWith({ url, timing, proxy: `http://user:wrong-password@127.0.0.1:${proxy.port}` });
      const error = await failureOf(client.post(DATA_SET, ['{}']));
      expect(error).toMatchObject({ kind: 'proxy-refused', side: 'config' });
      const shown = `${error.message} ${error.remedy} ${error.stack} ${error.messages}`;
      expect(shown).toContain('<secret> user:<secret>');
      expect(shown).not.toMatch(/wrong-password|dXNlcj/);
      expect(error.remedy).toContain('password of the proxy');
      expect(timing.waits).toEqual([]);
      expect(proxy.requests).toHaveLength(1);
    },
  );

  it('that wants credentials when none are given is configuration', async () => {
    const proxy = await proxyWith({ credentials: 'user:right' });
    const client = clientWith({ url: secure.url, proxy: `http://127.0.0.1:${proxy.port}` });
    expect(await failureOf(client.post(DATA_SET, ['{}']))).toMatchObject({
      kind: 'proxy-refused',
      message: `The proxy refused to pass on a request to ${secure.url}: the proxy answered 407 No`,
    });
  });

  it.each([
    [403, 'proxy-refused', 0],
    [503, 'unreachable', 2],
  ])('that answers CONNECT with %d means %s', async (connectStatus, kind, waits) => {
    const proxy = await proxyWith({ connectStatus });
    const timing = swiftTiming();
    const options = { url: secure.url, proxy: `http://127.0.0.1:${proxy.port}`, retry: { for: 1_000 } };
    expect(await failureOf(clientWith({ ...options, timing }).post(DATA_SET, ['{}']))).toMatchObject({
      kind,
    });
    expect(timing.waits).toHaveLength(waits);
  });

  it('that accepts and never answers CONNECT ends in a time-out and leaves no connection', async () => {
    const proxy = await proxyWith({ silent: true });
    const options = {
      url: secure.url,
      proxy: `http://127.0.0.1:${proxy.port}`,
      timeout: 100,
      retry: { for: 0 },
    };
    const client = clientWith(options);
    expect(await failureOf(client.post(DATA_SET, ['{}']))).toMatchObject({ kind: 'timeout' });
    await client.close();
    await expect.poll(() => proxy.openSockets).toBe(0);
  });

  it('that is not there means unreachable, and its password is not shown', async () => {
    const proxy = await startForwardProxy();
    await proxy.close();
    const options = {
      url: secure.url,
      proxy: `http://user:hunter2@127.0.0.1:${proxy.port}`,
      retry: { for: 0 },
    };
    const error = await failureOf(clientWith(options).post(DATA_SET, ['{}']));
    expect(error).toMatchObject({ kind: 'unreachable' });
    expect(error.message).toContain(`127.0.0.1:${proxy.port}`);
    expect(`${error.message} ${error.stack}`).not.toContain('hunter2');
  });
});

it('a program that never closes its client ends all the same', async () => {
  const script = `
    import { WriteApiClient } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)};
    const client = new WriteApiClient({ url: ${JSON.stringify(plain.url)} });
    await client.post({ data_group: 'a', data_type: 'b', token: 'c' }, [{ _id: 'a' }]);
    const started = performance.now();
    process.on('exit', () => console.log(performance.now() - started < 2_000));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  expect(stdout.trim()).toBe('true');
});
