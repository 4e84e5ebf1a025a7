import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../src/write-api/proxy.ts';

const HTTPS = 'https://write.example.gov.uk/prefix';
const PROXY = 'http://proxy:3128';

describe('the proxy for an address', () => {
  it.each([
    [HTTPS, { HTTPS_PROXY: PROXY, HTTP_PROXY: 'http://other' }, PROXY],
    [HTTPS, { https_proxy: PROXY, HTTPS_PROXY: 'http://other' }, PROXY],
    [HTTPS, { HTTP_PROXY: PROXY }, undefined],
    [HTTPS, { HTTPS_PROXY: '' }, undefined],
    [HTTPS, {}, undefined],
    [HTTPS, { HTTPS_PROXY: 'user:pass@proxy:3128' }, 'http://user:pass@proxy:3128'],
    ['http://write.example', { HTTP_PROXY: PROXY, HTTPS_PROXY: 'http://other' }, PROXY],
    ['http://127.0.0.1:3039', { HTTP_PROXY: PROXY }, undefined],
    ['http://localhost:3039', { HTTP_PROXY: PROXY }, undefined],
    ['https://[::1]', { HTTPS_PROXY: PROXY }, undefined],
    ['no address', { HTTPS_PROXY: PROXY }, undefined],
  ])('%s with %j is %s', (url, environment, expected) => {
    expect(proxyFor(url, environment)).toBe(expected);
  });

  it.each([
    [HTTPS, 'HTTPS_PROXY', 'https://proxy:3128'],
    [HTTPS, 'HTTPS_PROXY', 'http://user:?hunter2@proxy:3128'],
    ['http://write.example', 'HTTP_PROXY', 'http://proxy:3128/path'],
    ['http://write.example', 'HTTP_PROXY', 'user:hunter2'],
  ])('for %s, %s with another address than that of a proxy is told by its name', (url, variable, proxy) => {
    const message = `The proxy in the environment variable ${variable} is not an address of the form http://user:password@host:port.`;
    expect(() => proxyFor(url, { [variable]: proxy })).toThrow(
      expect.objectContaining({ message, side: 'config' }),
    );
  });

  const throughProxy = (url: string, NO_PROXY: string) =>
    proxyFor(url, { HTTPS_PROXY: PROXY, NO_PROXY }) === PROXY;

  it.each([
    ['*', HTTPS],
    ['other, write.example.gov.uk', HTTPS],
    ['other write.example.gov.uk', HTTPS],
    ['WRITE.example.GOV.UK', HTTPS],
    ['gov.uk', HTTPS],
    ['.gov.uk', HTTPS],
    ['*.gov.uk', HTTPS],
    ['gov.uk.', HTTPS],
    ['gov.uk:443', HTTPS],
    ['gov.uk:8443', 'https://write.example.gov.uk:8443'],
    ['10.1.2.3', 'https://10.1.2.3'],
    ['10.1.2.3:443', 'https://10.1.2.3'],
    ['10.0.0.0/8', 'https://10.1.2.3'],
    ['fd00::/8', 'https://[fd00::1]'],
    ['[fd00::1]:443', 'https://[fd00::1]'],
    ['fd00::1', 'https://[fd00::1]'],
  ])('is none with NO_PROXY=%s for %s', (noProxy, url) => {
    expect(throughProxy(url, noProxy)).toBe(false);
  });

  it.each([
    ['', HTTPS],
    [',', HTTPS],
    ['v.uk', HTTPS],
    ['write.example.gov.uk:8443', HTTPS],
    ['sub.write.example.gov.uk', HTTPS],
    ['10.0.0.0/8', 'https://11.1.2.3'],
    ['10.0.0.0/99', 'https://10.1.2.3'],
    ['0.0.0.0/0', 'https://[fd00::1]'],
    ['.1', 'https://10.0.0.1'],
  ])('is used in spite of NO_PROXY=%s for %s', (noProxy, url) => {
    expect(throughProxy(url, noProxy)).toBe(true);
  });
});
