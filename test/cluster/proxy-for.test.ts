import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyFor } from '../../src/cluster/proxy-for.ts';

const PROXY = 'http://proxy.example.com:3128';
const API = 'https://api.example.com:6443/';
const through = (url: string, env: Record<string, string>) => proxyFor(new URL(url), env);
/** Whether a request to the URL goes round the proxy, with these exemptions. */
const exempt = (url: string, NO_PROXY: string) =>
  through(url, { HTTPS_PROXY: PROXY, NO_PROXY }) === undefined;

test('without a proxy in the environment there is none', () => {
  assert.equal(through(API, {}), undefined);
  assert.equal(through(API, { HTTPS_PROXY: '', HTTP_PROXY: PROXY, ALL_PROXY: PROXY }), undefined);
});

test('HTTPS_PROXY comes before https_proxy, NO_PROXY before no_proxy, and an empty one counts as none', () => {
  assert.equal(through(API, { HTTPS_PROXY: PROXY, https_proxy: 'http://other' }), PROXY);
  assert.equal(through(API, { HTTPS_PROXY: '', https_proxy: PROXY }), PROXY);
  assert.equal(through(API, { HTTPS_PROXY: PROXY, no_proxy: '*' }), undefined);
  assert.equal(through(API, { HTTPS_PROXY: PROXY, NO_PROXY: 'other', no_proxy: '*' }), PROXY);
});

test('a proxy without a scheme is an http proxy', () => {
  assert.equal(through(API, { HTTPS_PROXY: 'proxy:3128' }), 'http://proxy:3128');
  for (const url of ['socks5://proxy:1080', 'https://u:p@proxy', 'socks5h://proxy']) {
    assert.equal(through(API, { HTTPS_PROXY: url }), url);
  }
});

test('loopback is never reached through a proxy', () => {
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]']) {
    assert.equal(through(`https://${host}:6443/`, { HTTPS_PROXY: PROXY }), undefined, host);
  }
});

test('a name exempts its host and its subdomains, a name with a dot before it only these', () => {
  assert.equal(exempt(API, 'api.example.com'), true);
  assert.equal(exempt(API, 'example.com'), true);
  assert.equal(exempt(API, 'EXAMPLE.COM'), true);
  assert.equal(exempt(API, '.example.com'), true);
  assert.equal(exempt(API, '*.example.com'), true);
  assert.equal(exempt('https://example.com/', 'example.com'), true);
  assert.equal(exempt('https://example.com/', '.example.com'), false);
  assert.equal(exempt(API, 'ample.com'), false);
  assert.equal(exempt(API, 'api.example.com.org'), false);
});

test('a port exempts that port alone', () => {
  assert.equal(exempt(API, 'api.example.com:6443'), true);
  assert.equal(exempt(API, 'api.example.com:443'), false);
  assert.equal(exempt('https://api.example.com/', 'api.example.com:443'), true);
});

test('addresses and blocks exempt addresses', () => {
  assert.equal(exempt('https://10.1.2.3:6443/', '10.1.2.3'), true);
  assert.equal(exempt('https://10.1.2.3:6443/', '10.1.2.3:6443'), true);
  assert.equal(exempt('https://10.1.2.3:6443/', '10.1.2.3:443'), false);
  assert.equal(exempt('https://10.1.2.3:6443/', '10.0.0.0/8'), true);
  assert.equal(exempt('https://11.1.2.3:6443/', '10.0.0.0/8'), false);
  assert.equal(exempt('https://[2001:db8::1]:6443/', '2001:db8::/32'), true);
  assert.equal(exempt('https://[2001:db8::1]:6443/', '2001:db8::1'), true);
  assert.equal(exempt('https://[2001:db8::1]:6443/', '[2001:db8::1]:6443'), true);
  assert.equal(exempt('https://10.1.2.3/', '2001:db8::/32'), false);
});

test('of a list any member exempts, and what is no rule exempts nothing', () => {
  assert.equal(exempt(API, 'a.org, example.com ,b.org'), true);
  assert.equal(exempt(API, '*'), true);
  for (const nonsense of [',', ' , ', '10.0.0.0/99', '10.0.0.0/x', '/', 'api.example.com:x', ':6443']) {
    assert.equal(exempt(API, nonsense), false, nonsense);
    assert.equal(exempt('https://10.1.2.3/', nonsense), false, nonsense);
  }
});
