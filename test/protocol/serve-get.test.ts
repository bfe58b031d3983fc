import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../../src/hosts/answer.ts';
import {
  type GetPorts,
  inWords,
  LONGEST_REQUEST,
  requestedHost,
  requestedText,
  serveGet,
  writeAnswer,
} from '../../src/protocol/serve-get.ts';
import { unexpected } from '../support/identities.ts';

const credential: Answer = { kind: 'credential', username: 'alice', secret: 's3"cret', expiresAtMs: null };

/** Serves a `get` that may do nothing that was not given; returns what it wrote and how it ended. */
function serve(stdin: { bytes: string; complete: boolean }, fakes: Partial<GetPorts>) {
  const seen: unknown[] = [];
  serveGet({
    readStdinAtOnce: (limit) => {
      assert.equal(limit, LONGEST_REQUEST);
      return stdin;
    },
    recall: unexpected('recall'),
    write: (fd, text) => void seen.push([fd, text]),
    exit: (status) => void seen.push(status),
    getKept: unexpected('getKept'),
    getSlowly: unexpected('getSlowly'),
    ...fakes,
  });
  return seen;
}
const slowly = (calls: unknown[]): Partial<GetPorts> => ({
  getSlowly: (...args) => void calls.push(args),
});

test('a cached credential is one JSON line with what the engine asked for, and status 0', () => {
  const said = inWords('registry.example.com', credential);
  const recall = (host: string) => (host === 'registry.example.com' ? said : null);
  assert.deepEqual(serve({ bytes: 'https://Registry.example.com/v1/', complete: true }, { recall }), [
    [1, '{"ServerURL":"https://Registry.example.com/v1/","Username":"alice","Secret":"s3\\"cret"}\n'],
    0,
  ]);
});

test('a cached "anonymous" is the sentence of the protocol on stdout, its reason on stderr, and status 1', () => {
  const recall = () =>
    inWords('', { kind: 'anonymous', reasons: [{ code: 'x', why: 'why', fix: { run: 'oc login' } }] });
  assert.deepEqual(serve({ bytes: 'registry.example.com', complete: true }, { recall }), [
    [1, 'credentials not found in native keychain\n'],
    [2, 'docker-credential-openshift: why [x]. Run: oc login\n'],
    1,
  ]);
});

test('a login that a person stored is read from where it is kept, and nothing is decided anew', () => {
  const kept = { kind: 'kept', username: 'bob', id: '1', where: 'keychain', expiresAtMs: null } as const;
  const read: unknown[] = [];
  const getKept: GetPorts['getKept'] = (...args) => void read.push(args);
  assert.deepEqual(serve({ bytes: 'r.example.com', complete: true }, { recall: () => kept, getKept }), []);
  assert.deepEqual(read, [['r.example.com', kept]]);
});

test('of a host that is not ours nothing is said on stderr', () => {
  const recall = () => inWords('', { kind: 'anonymous', reasons: [] });
  assert.deepEqual(serve({ bytes: 'docker.io\n', complete: true }, { recall }), [
    [1, 'credentials not found in native keychain\n'],
    1,
  ]);
});

test('what is not cached, not there yet or no host goes on slowly, with what was read', () => {
  const calls: unknown[] = [];
  assert.deepEqual(
    serve({ bytes: 'r.example.com', complete: true }, { recall: () => null, ...slowly(calls) }),
    [],
  );
  assert.deepEqual(serve({ bytes: 'r.exam', complete: false }, slowly(calls)), []);
  assert.deepEqual(serve({ bytes: 'two words', complete: true }, slowly(calls)), []);
  assert.deepEqual(calls, [
    ['r.example.com', true],
    ['r.exam', false],
    ['two words', true],
  ]);
});

test('a fault while the cache is read ends in no exception, but goes on slowly', () => {
  const calls: unknown[] = [];
  assert.deepEqual(
    serve({ bytes: 'r.example.com', complete: true }, { recall: unexpected('recall'), ...slowly(calls) }),
    [],
  );
  assert.deepEqual(calls, [['r.example.com', true]]);
});

test('a reason is one line without control characters, whatever names stand in it', () => {
  const written: string[] = [];
  const why = 'The context a\nb\u001b[2Jc\u0007 is gone';
  writeAnswer(
    'h',
    { kind: 'anonymous', reasons: [{ code: 'x', why }] },
    { write: (_fd, text) => void written.push(text) },
  );
  assert.equal(written[1], 'docker-credential-openshift: The context a b [2Jc is gone [x]\n');
});

test('only the first line counts, in UTF-8, without white space around it', () => {
  const bytes = (text: string) => Buffer.from(text).toString('latin1');
  assert.equal(requestedText(bytes('bücher.example.com \r\nsecond\n')), 'bücher.example.com');
  assert.equal(requestedHost(bytes('bücher.example.com\n')), 'xn--bcher-kva.example.com');
  assert.equal(requestedText(''), '');
});

test('a text that is too long, broken UTF-8 and NUL bytes name no host', () => {
  assert.equal(requestedHost(`${'a'.repeat(LONGEST_REQUEST)}`), null);
  assert.equal(requestedHost(`r.example.com\n${'a'.repeat(LONGEST_REQUEST)}`), null);
  assert.equal(requestedHost('\xff\xfe'), null);
  assert.equal(requestedHost('r.example.com\0'), null);
  assert.equal(requestedHost('\0'), null);
});
