import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoDuration } from '../../src/kubelet/go-duration.ts';
import { matchesRegistry, parsePattern, whyMatchesNothing } from '../../src/kubelet/match-images.ts';

/** As kubelet's own URLsMatch answers. */
const MATCHES: readonly (readonly [pattern: string, registry: string, matches: boolean])[] = [
  ['registry.example.com', 'registry.example.com', true],
  ['registry.example.com', 'registry.example.com:5000', false],
  ['registry.example.com:5000', 'registry.example.com', false],
  ['registry.example.com:5000', 'registry.example.com:5000', true],
  ['*.example.com', 'registry.example.com', true],
  ['*.example.com', 'a.registry.example.com', false],
  ['*.example.com:5000', 'registry.example.com:5000', true],
  ['reg*.example.com', 'registry.example.com', true],
  ['r*g*y.example.com', 'registry.example.com', true],
  ['r*g*s*x.example.com', 'registry.example.com', false],
  ['registry*registry.example.com', 'registry.example.com', false],
  ['registry.*', 'registry.example', true],
  ['*', 'registry.example.com', false],
  ['*', 'localhost', true],
  ['[fd00::1]:5000', '[fd00::1]:5000', true],
];

test('a pattern matches part by part, and its port is that of the image', () => {
  for (const [pattern, registry, matches] of MATCHES)
    assert.equal(matchesRegistry(pattern, registry), matches, `${pattern} and ${registry}`);
});

test('a pattern is parsed as Go parses a URL', () => {
  const bad = [
    'a b',
    'a:b',
    'a:1:2',
    '[fd00::1',
    '[a]',
    'a[b]',
    'a%4',
    'a%41',
    'a\n',
    '{a}',
    'a^',
    'a/%zz',
    'a\u007f',
    'ü:x',
  ];
  for (const pattern of bad) assert.equal(typeof parsePattern(pattern), 'string', pattern);
  assert.deepEqual(parsePattern('a.example.com:5000/shop'), {
    host: 'a.example.com',
    port: '5000',
    path: '/shop',
  });
  assert.deepEqual(parsePattern('me@a?b#c'), { host: 'a', port: '', path: '' });
  for (const pattern of ['', '*', 'a%25b', 'a%c3%bc', 'ü', 'a/b c', '[fd00::1%25eth0]'])
    assert.equal(typeof parsePattern(pattern), 'object', pattern);
});

test('what no image matches is told, and what some image matches is not', () => {
  const nothing = [
    'https://a.example.com',
    '',
    '/shop',
    '*',
    '**',
    'a.example.com/*',
    'me@a.example.com',
    'a.example.com:',
  ];
  for (const pattern of nothing) assert.notEqual(whyMatchesNothing(pattern), undefined, pattern);
  for (const pattern of ['*.*', 'a.example.com', '*.example.com:5000', 'a.example.com/shop', 'a b'])
    assert.equal(whyMatchesNothing(pattern), undefined, pattern);
});

test('durations are those of Go', () => {
  const seconds = 1e9;
  const good = {
    '0': 0,
    '5m': 300 * seconds,
    '1h30m': 5400 * seconds,
    '1.5s': 1.5 * seconds,
    '-2ns': -2,
    '+1us': 1000,
    '.5m': 30 * seconds,
  };
  for (const [text, nanoseconds] of Object.entries(good))
    assert.equal(parseGoDuration(text), nanoseconds, text);
  for (const text of ['', '5', '1d', 'h', '.h', '1h 5m', '1e3s', '--1s', '2562048h', '0x1s', ' 1s'])
    assert.equal(parseGoDuration(text), undefined, text);
});
