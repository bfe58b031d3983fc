import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../../src/hosts/answer.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { inWords } from '../../src/protocol/serve-get.ts';
import { type GetSlowlyPorts, serveGetSlowly } from '../../src/protocol/serve-get-slowly.ts';
import { TERMINAL } from '../../src/protocol/wait-for-stdin.ts';
import { TOKEN, unexpected } from '../support/identities.ts';

const NOT_FOUND = [1, 'credentials not found in native keychain\n'];
const credential: Answer = { kind: 'credential', username: 'alice', secret: 's', expiresAtMs: null };
const ANSWERED = [1, '{"ServerURL":"r.example.com","Username":"alice","Secret":"s"}\n'];
const said = (text: string) => [2, `docker-credential-openshift: ${text}\n`];
const stopped = Symbol('the process ended');

/** Serves with ports that fail on any unexpected call; `exit` ends it, as it does in earnest. */
async function serve(fakes: Partial<GetSlowlyPorts>, bytes = 'r.example.com', complete = true) {
  const seen: unknown[] = [];
  let late = (): void => assert.fail('no deadline was set');
  const serving = serveGetSlowly(bytes, complete, {
    waitForStdin: unexpected('waitForStdin'),
    recall: () => null,
    decide: unexpected('decide'),
    write: (fd, text) => void seen.push([fd, text]),
    exit: (status) => {
      seen.push(status);
      throw stopped;
    },
    onDeadline: (call) => {
      late = call;
    },
    onStrayFault: () => {},
    ...fakes,
  }).catch((error: unknown) => {
    if (error !== stopped) throw error;
  });
  const comeToDeadline = (): void => assert.throws(late, (error) => error === stopped);
  return { seen, serving, comeToDeadline };
}

async function served(fakes: Partial<GetSlowlyPorts>, bytes?: string, complete?: boolean) {
  const { seen, serving } = await serve(fakes, bytes, complete);
  await serving;
  // `exit` throws here, which the net under `get` catches: only what came before it counts.
  return seen.slice(0, seen.findIndex((item) => typeof item === 'number') + 1);
}

test('what was decided is said first, and kept after that', async () => {
  const order: string[] = [];
  const seen = await served({
    write: () => void order.push('said'),
    decide: async () => ({ answer: credential, keep: async () => void order.push('kept') }),
  });
  assert.deepEqual(order, ['said', 'kept']);
  assert.deepEqual(seen, [0]);
});

test('a warning goes to stderr, the credential to stdout', async () => {
  const decide = async () => ({
    answer: credential,
    warnings: [{ code: 'x', why: 'careful' }],
    keep: async () => {},
  });
  assert.deepEqual(await served({ decide }), [ANSWERED, said('Warning: careful [x]'), 0]);
});

test('a warning is one line without control characters, whatever a plugin wrote', async () => {
  const why = 'it says\nno\u001b]0;owned\u0007 \u009b2J';
  const decide = async () => ({ answer: credential, warnings: [{ code: 'x', why }], keep: async () => {} });
  assert.deepEqual(await served({ decide }), [ANSWERED, said('Warning: it says no ]0;owned 2J [x]'), 0]);
});

test('a reason is one line without control characters and secrets, whatever names stand in it', async () => {
  const why = 'The context a\nb\u001b[2Jc\u0007 of https://u:p@h is gone';
  const answer = { kind: 'anonymous', reasons: [{ code: 'x', why }] } as const;
  const decide = async () => ({ answer, keep: async () => {} });
  const [, told] = await served({ decide });
  assert.deepEqual(told, said('The context a b [2Jc of https://***@h is gone [x]'));
});

test('a fault that nothing waits for ends in the answer that was said, or else in anonymous', async () => {
  let fault = (_error: unknown): void => assert.fail('nothing looks for such faults');
  const onStrayFault: GetSlowlyPorts['onStrayFault'] = (call) => {
    fault = call;
  };
  const before = await serve({ onStrayFault, decide: () => new Promise(() => {}) });
  assert.throws(
    () => fault(new TypeError('stray')),
    (error) => error === stopped,
  );
  assert.deepEqual(before.seen.slice(0, 1).concat(before.seen.slice(-1)), [NOT_FOUND, 1]);
  const keep = () => new Promise<void>(() => {});
  const after = await serve({ onStrayFault, decide: async () => ({ answer: credential, keep }) });
  await new Promise(setImmediate);
  assert.throws(
    () => fault(new TypeError('stray')),
    (error) => error === stopped,
  );
  assert.deepEqual(after.seen, [ANSWERED, 0]);
});

test('an answer that another process cached meanwhile is given without asking anyone', async () => {
  assert.deepEqual(await served({ recall: () => inWords('r.example.com', credential) }), [ANSWERED, 0]);
});

test('an engine that is slow to write is waited for', async () => {
  const waitForStdin = async (soFar: string) => `${soFar}ample.com\n`;
  const asked: string[] = [];
  const decide = async (host: string) => {
    asked.push(host);
    return { answer: credential, keep: async () => {} };
  };
  assert.deepEqual(await served({ waitForStdin, decide }, 'r.ex', false), [ANSWERED, 0]);
  assert.deepEqual(asked, ['r.example.com']);
});

test('a person at a terminal is told the usage', async () => {
  assert.deepEqual(await served({ waitForStdin: async () => TERMINAL }, '', false), [
    [2, 'Usage: echo REGISTRY_HOST | docker-credential-openshift get\n'],
    NOT_FOUND,
    1,
  ]);
});

test('what names no host is not found, without a word', async () => {
  for (const bytes of ['', '\n', 'two words', 'user@r.example.com', '\0']) {
    assert.deepEqual(await served({}, bytes), [NOT_FOUND, 1]);
  }
});

test('an error is "anonymous" with its message and fix as the reason, and without a token', async () => {
  const decide = async () => {
    throw new AppError({ code: 'x', message: `/t holds ${TOKEN}`, fix: { run: 'ls /t' } });
  };
  assert.deepEqual(await served({ decide }), [NOT_FOUND, said('/t holds *** [x]. Run: ls /t'), 1]);
});

test('a defect is "anonymous", too', async () => {
  const decide = async () => {
    throw new TypeError('x is not a function');
  };
  assert.deepEqual(await served({ decide }), [
    NOT_FOUND,
    said('unexpected TypeError: x is not a function [unexpected]'),
    1,
  ]);
});

test('a failure to keep an answer changes nothing of what was said', async () => {
  const keep = async () => {
    throw new TypeError('no space');
  };
  assert.deepEqual(await served({ decide: async () => ({ answer: credential, keep }) }), [ANSWERED, 0]);
});

test('at the deadline the answer is "anonymous", with the host, and the command that tells more', async () => {
  const { seen, comeToDeadline } = await serve({ decide: () => new Promise<never>(() => {}) });
  comeToDeadline();
  const why = 'No answer for r.example.com in time: a cluster, a plugin or a file takes too long [late]';
  assert.deepEqual(seen, [
    NOT_FOUND,
    said(`${why}. Run: docker-credential-openshift renew r.example.com`),
    1,
  ]);
});

test('where no host came by the deadline, it is said that stdin stayed open', async () => {
  const waitForStdin = () => new Promise<never>(() => {});
  const { seen, comeToDeadline } = await serve({ waitForStdin }, 'r.exam', false);
  comeToDeadline();
  const why = 'No registry host came in time: stdin stayed open [late]';
  assert.deepEqual(seen, [
    NOT_FOUND,
    said(`${why}. Run: echo REGISTRY_HOST | docker-credential-openshift get`),
    1,
  ]);
});

test('once something was said, the deadline ends only what comes after it', async () => {
  let reach = (): void => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const keep = () => {
    reach();
    return new Promise<never>(() => {});
  };
  const { seen, comeToDeadline } = await serve({ decide: async () => ({ answer: credential, keep }) });
  await reached;
  comeToDeadline();
  assert.deepEqual(seen, [ANSWERED, 0]);
});
