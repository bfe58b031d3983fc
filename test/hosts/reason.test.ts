import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AppError,
  describeError,
  errorOf,
  inJson,
  inLines,
  inOneLine,
  type Reason,
  reasonOf,
} from '../../src/hosts/reason.ts';
import fc from '../support/properties.ts';

const base64url = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'),
    minLength: length,
    maxLength: length,
  });
const jwt = fc
  .tuple(base64url(43), fc.object({ maxDepth: 1 }), base64url(43))
  .map(([kid, claims, signature]) => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${encode({ alg: 'RS256', kid })}.${encode({ iss: 'x', ...claims })}.${signature}`;
  });
const opaque = base64url(43).filter((token) => /[A-Z]/.test(token) && /[a-z]/.test(token));
const token = fc.oneof(
  base64url(43).map((secret) => `sha256~${secret}`),
  jwt,
  opaque,
);
const surroundings = fc.constantFrom(
  ['', ''],
  ['Bearer ', ''],
  ['token: "', '" is invalid'],
  ['{"token":"', '"}'],
  ['https://x.example.com/?access_token=', '&x=y'],
  ['open /run/', ': no such file'],
);

test('no token survives in an error, whichever kind it is and wherever it stands', () => {
  fc.assert(
    fc.property(token, surroundings, fc.boolean(), (secret, [before, after], ours) => {
      const message = `${before}${secret}${after}`;
      const error = ours
        ? new AppError({ code: 'x', message, fix: { run: `oc login --token ${secret}` } })
        : new TypeError(message);
      const told = describeError(error);
      assert.ok(!told.includes(secret.slice(0, 20)), 'the start of it is there');
      assert.ok(!told.includes(secret.slice(-20)), 'the end of it is there');
    }),
    { numRuns: 2000 },
  );
});

test('what follows Bearer or Basic is blacked out, whatever it is', () => {
  assert.equal(
    describeError(new AppError({ code: 'x', message: 'sent Authorization: Basic YWxpY2U6c2VjcmV0 to it' })),
    'sent Authorization: Basic *** to it [x]',
  );
  assert.equal(describeError(new AppError({ code: 'x', message: 'Bearer abc' })), 'Bearer *** [x]');
});

test('names, paths and hosts stay readable', () => {
  for (const message of [
    '/home/alice/.kube/config is broken: line 1, column 2: block as implicit key',
    'default-route-openshift-image-registry.apps.a-rather-long-name-of-a-cluster-in-europe.example.com',
    'docker-credential-openshift-0123456789abcdef0123456789abcdef',
    'context alice-ns/api-example-com:6443/alice',
  ]) {
    assert.equal(describeError(new AppError({ code: 'x', message })), `${message} [x]`);
  }
});

test('an error is one line, with the command that fixes it at its end', () => {
  const error = new AppError({
    code: 'x',
    message: 'No login\n  to app.ci',
    fix: { run: 'oc login https://api' },
  });
  assert.equal(describeError(error), 'No login to app.ci [x]. Run: oc login https://api');
});

test('a defect is told by its name and message, and what is no error at all as a fault', () => {
  assert.equal(describeError(new RangeError('too far')), 'unexpected RangeError: too far [unexpected]');
  assert.equal(describeError('thrown text'), 'unexpected fault [unexpected]');
  assert.equal(describeError(undefined), 'unexpected fault [unexpected]');
});

test('an AppError keeps its code, fix and cause', () => {
  const cause = new Error('below');
  const error = new AppError({ code: 'no-token', message: 'm', fix: { run: 'h' }, cause });
  assert.deepEqual(
    [error.code, error.fix, error.cause, error.name],
    ['no-token', { run: 'h' }, cause, 'AppError'],
  );
  assert.equal('cause' in new AppError({ code: 'x', message: 'm' }), false);
});

test('what drives a terminal, or turns the direction of writing, does not reach it by an error', () => {
  const message = 'a \u001b[8mb\u202ec\u2028d\re';
  assert.equal(describeError(new AppError({ code: 'x', message })), 'a [8mb c d e [x]');
});

test('an error is a reason with its code; a defect is one by its name', () => {
  const fix = { run: 'ls' };
  assert.deepEqual(reasonOf(new AppError({ code: 'bad-file', message: '/t is empty', fix })), {
    code: 'bad-file',
    why: '/t is empty',
    fix,
  });
  assert.deepEqual(reasonOf(new AppError({ code: 'bad-file', message: '/t is empty' })), {
    code: 'bad-file',
    why: '/t is empty',
  });
  assert.equal(reasonOf(new RangeError('too far')).code, 'unexpected');
});

const THREE: readonly Reason[] = [
  { code: 'a', why: 'The keyring is locked', fix: { do: 'Unlock it.' } },
  { code: 'b', why: 'Your login to ci expired', fix: { run: 'oc login\u001b https://api' } },
  { code: 'c', why: 'sha256~abc was refused' },
];

test('of several reasons each has its own fix next to it, in one line, in lines and as data', () => {
  assert.equal(
    inOneLine(THREE),
    'The keyring is locked [a]. Unlock it. Your login to ci expired [b]. Run: oc login https://api. *** was refused [c]',
  );
  assert.equal(inOneLine([]), '');
  assert.deepEqual(inLines(THREE), [
    { why: 'The keyring is locked [a]', fix: 'Unlock it.' },
    { why: 'Your login to ci expired [b]', fix: 'Run: oc login https://api' },
    { why: '*** was refused [c]' },
  ]);
  assert.deepEqual(THREE.map(inJson), [
    THREE[0],
    { ...THREE[1], fix: { run: 'oc login https://api' } },
    { code: 'c', why: '*** was refused' },
  ]);
});

test('several reasons become one error: by the last one, with the others before it', () => {
  const [first, second] = [
    { code: 'one', why: 'The first' },
    { code: 'two', why: 'the second', fix: { run: 'oc whoami' } },
  ];
  assert.deepEqual(reasonOf(errorOf(second)), second);
  assert.deepEqual(reasonOf(errorOf(first, second)), { ...second, why: 'The first [one]. the second' });
});

test('a token in which another one was pasted is blacked out to its end', () => {
  assert.equal(
    describeError(new Error('no host: sha256~Abcsha256~defGHI-jkl_mno')),
    'unexpected Error: no host: *** [unexpected]',
  );
});
