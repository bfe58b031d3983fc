import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/hosts/reason.ts';
import { refused } from '../../src/kubelet/protocol.ts';
import { type ProviderPorts, serveProvider } from '../../src/kubelet/serve-provider.ts';
import { unexpected } from '../support/identities.ts';
import { providedBy, requestText } from './provided.ts';

const HOST = 'r.example.com';
const NOW = 1_800_000_000_000;
const GOOD = { kind: 'credential', username: 'u', secret: 'p', expiresAtMs: null } as const;
const REQUEST = requestText({ image: `${HOST}/a/b` });

/** What a kubelet gets, and in which order things were done. */
async function serve(fakes: Partial<ProviderPorts>, version?: string, done: string[] = []) {
  const output = { stdout: '', stderr: '' };
  let status: number | null = null;
  const exited = new Promise<void>((resolve) => {
    const ports: ProviderPorts = {
      nowMs: () => NOW,
      readAll: async () => REQUEST,
      recall: () => null,
      decide: unexpected('decide'),
      onDeadline: () => {},
      onStrayFault: () => {},
      ...fakes,
      write: (fd, text) => {
        done.push(fd === 1 ? 'answered' : 'said');
        output[fd === 1 ? 'stdout' : 'stderr'] += text;
      },
      exit: (with_) => {
        // The real one ends the process: whatever comes after it counts for nothing.
        status ??= with_;
        done.push('exit');
        resolve();
      },
    };
    void serveProvider(ports);
  });
  await exited;
  return { done, ...providedBy({ status, ...output, elapsedMs: 0 }, version), stderr: output.stderr };
}
const keep = async (): Promise<void> => {};

test('a credential is said before it is kept, and the process ends after that', async () => {
  const done: string[] = [];
  const decide = async () => ({ answer: GOOD, keep: async () => void done.push('kept') });
  const { auth } = await serve({ decide }, 'v1', done);
  assert.deepEqual(done, ['answered', 'kept', 'exit']);
  assert.deepEqual(auth, { [HOST]: { username: 'u', password: 'p' } });
});

test('what a person should hear is said after the answer', async () => {
  const warnings = [{ code: 'ends-soon', why: 'It ends soon' }];
  const { done, auth, stderr } = await serve({ decide: async () => ({ answer: GOOD, warnings, keep }) });
  assert.deepEqual([done, Object.keys(auth)], [['answered', 'said', 'exit'], [HOST]]);
  assert.equal(stderr, 'docker-credential-openshift: Warning: It ends soon [ends-soon]\n');
});

test('what may be repeated is repeated as it lies, and nothing is decided', async () => {
  const out = JSON.stringify({
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    kind: 'CredentialProviderResponse',
    cacheKeyType: 'Registry',
    cacheDuration: '7s',
    auth: {},
  });
  const { cacheSeconds, stderr } = await serve({
    recall: ({ host }) => ({
      kind: 'said',
      status: 0,
      out,
      err: `docker-credential-openshift: ${host} [late]`,
    }),
  });
  assert.deepEqual([cacheSeconds, stderr], [7, `docker-credential-openshift: ${HOST} [late]\n`]);
});

test('no fault becomes another answer, or another status', async () => {
  const known = new AppError({ code: 'no-login', message: 'There is none' });
  for (const [error, code] of [
    [known, 'no-login'],
    [new TypeError('x is not a function'), 'unexpected'],
  ] as const) {
    const fail = async (): Promise<never> => {
      throw error;
    };
    const undecided = await serve({ decide: fail });
    assert.deepEqual([undecided.auth, undecided.cacheSeconds, undecided.codes], [{}, 30, [code]]);
    const unread = await serve({ readAll: fail });
    assert.deepEqual([unread.auth, unread.codes], [{}, [code]]);
    const unkept = await serve({ decide: async () => ({ answer: GOOD, keep: fail }) });
    assert.deepEqual([Object.keys(unkept.auth), unkept.done], [[HOST], ['answered', 'exit']]);
  }
});

test('a request that is none is answered in the version that it is in', async () => {
  const text = requestText({}, 'v1beta1');
  assert.deepEqual((await serve({ readAll: async () => text }, 'v1beta1')).codes, ['bad-provider-request']);
  const terminal = { readAll: async () => Promise.reject(refused('stdin is a terminal')) };
  assert.deepEqual((await serve(terminal)).codes, ['bad-provider-request']);
});

test('at the deadline there is an answer, whatever hangs; after an answer it only ends what is left', async () => {
  const never = new Promise<never>(() => {});
  let end = (): void => {};
  const onDeadline: ProviderPorts['onDeadline'] = (call) => {
    end = call;
  };
  const hangs = async (): Promise<never> => {
    queueMicrotask(() => end());
    return never;
  };
  const undecided = await serve({ onDeadline, decide: hangs });
  assert.deepEqual([undecided.auth, undecided.codes], [{}, ['late']]);
  assert.match(undecided.stderr, /Run: docker-credential-openshift doctor r\.example\.com$/m);
  const unread = await serve({ onDeadline, readAll: hangs });
  assert.deepEqual([unread.auth, unread.codes], [{}, ['late']]);
  const unkept = await serve({ onDeadline, decide: async () => ({ answer: GOOD, keep: hangs }) });
  assert.deepEqual([Object.keys(unkept.auth), unkept.codes], [[HOST], []]);
});

test('a fault that nothing waits for ends in an answer', async () => {
  let fault = (_error: unknown): void => {};
  const { auth, codes } = await serve({
    onStrayFault: (call) => {
      fault = call;
    },
    decide: async () => {
      queueMicrotask(() => fault(new RangeError('out of memory')));
      return new Promise<never>(() => {});
    },
  });
  assert.deepEqual([auth, codes], [{}, ['unexpected']]);
});
