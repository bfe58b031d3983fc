import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError, describeError } from '../../src/hosts/app-error.ts';

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
        ? new AppError({ code: 'x', message, hint: `oc login --token ${secret}` })
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
    'sent Authorization: Basic *** to it',
  );
  assert.equal(describeError(new AppError({ code: 'x', message: 'Bearer abc' })), 'Bearer ***');
});

test('names, paths and hosts stay readable', () => {
  for (const message of [
    '/home/alice/.kube/config is broken: line 1, column 2: block as implicit key',
    'default-route-openshift-image-registry.apps.a-rather-long-name-of-a-cluster-in-europe.example.com',
    'docker-credential-openshift-0123456789abcdef0123456789abcdef',
    'context alice-ns/api-example-com:6443/alice',
  ]) {
    assert.equal(describeError(new AppError({ code: 'x', message })), message);
  }
});

test('an error is one line, with the command that mends it at its end', () => {
  const error = new AppError({ code: 'x', message: 'No login\n  to app.ci', hint: 'oc login https://api' });
  assert.equal(describeError(error), 'No login to app.ci. Run: oc login https://api');
});

test('a defect is told by its name and message, and what is no error at all as a fault', () => {
  assert.equal(describeError(new RangeError('too far')), 'unexpected RangeError: too far');
  assert.equal(describeError('thrown text'), 'unexpected fault');
  assert.equal(describeError(undefined), 'unexpected fault');
});

test('an AppError keeps its code, hint and cause', () => {
  const cause = new Error('below');
  const error = new AppError({ code: 'no-token', message: 'm', hint: 'h', cause });
  assert.deepEqual([error.code, error.hint, error.cause, error.name], ['no-token', 'h', cause, 'AppError']);
  assert.equal('cause' in new AppError({ code: 'x', message: 'm' }), false);
});

test('what drives a terminal, or turns the direction of writing, does not reach it by an error', () => {
  const message = 'a \u001b[8mb\u202ec\u2028d\re';
  assert.equal(describeError(new AppError({ code: 'x', message })), 'a  [8mb c d e');
});
