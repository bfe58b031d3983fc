import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/hosts/reason.ts';
import { type OtherVerb, type OtherVerbsPorts, serveOther } from '../../src/protocol/serve-others.ts';
import { TERMINAL } from '../../src/protocol/wait-for-stdin.ts';
import { TOKEN, unexpected } from '../support/identities.ts';

async function serve(verb: OtherVerb, stdin: string | typeof TERMINAL, fakes: Partial<OtherVerbsPorts> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await serveOther(verb, {
    waitForStdin: async () => stdin,
    eraseCredential: unexpected('eraseCredential'),
    storeCredential: unexpected('storeCredential'),
    listCredentials: unexpected('listCredentials'),
    whyNotListed: async () => [],
    write: (fd, text) => void (fd === 1 ? out : err).push(text),
    onDeadline: () => {},
    ...fakes,
  });
  return { status, out: out.join(''), err: err.join('') };
}

const erasing = (erased: string[]): Partial<OtherVerbsPorts> => ({
  eraseCredential: async (host) => void erased.push(host),
});
const broken = async () => {
  throw new AppError({ code: 'x', message: `bad ${TOKEN}`, fix: { run: 'oc logout' } });
};
const text = (value: object) => `${JSON.stringify(value)}\n`;

test('list is a JSON object and 0, without a look at stdin', async () => {
  const waitForStdin = unexpected('waitForStdin');
  for (const listCredentials of [() => ({}), () => ({ 'r.example.com': 'alice' })]) {
    const { status, out } = await serve('list', '', { waitForStdin, listCredentials });
    assert.deepEqual([status, JSON.parse(out)], [0, listCredentials()]);
  }
});

test('what list leaves out is told on stderr, and the list is as good', async () => {
  const why = new AppError({
    code: 'x',
    message: 'The login is not used: f is open',
    fix: { run: 'chmod 600 f' },
  });
  assert.deepEqual(
    await serve('list', '', { listCredentials: () => ({}), whyNotListed: async () => [why] }),
    {
      status: 0,
      out: '{}\n',
      err: 'docker-credential-openshift: The login is not used: f is open [x]. Run: chmod 600 f\n',
    },
  );
});

test('erase means the same host by every spelling that engines use', async () => {
  const erased: string[] = [];
  for (const spelling of [
    'r.example.com',
    'http://r.example.com',
    'https://r.example.com/',
    'R.example.com\n',
  ]) {
    assert.deepEqual(await serve('erase', spelling, erasing(erased)), { status: 0, out: '', err: '' });
  }
  assert.deepEqual(erased, Array(4).fill('r.example.com'));
});

test('erase is 0 whatever comes, or podman crashes', async () => {
  for (const stdin of ['', '\n', 'two words', '\0', 'x'.repeat(5000)]) {
    assert.deepEqual(await serve('erase', stdin), { status: 0, out: '', err: '' });
  }
  assert.deepEqual(await serve('erase', 'r.example.com', { eraseCredential: broken }), {
    status: 0,
    out: '',
    err: 'docker-credential-openshift: bad *** [x]. Run: oc logout\n',
  });
  const unreadable = unexpected('stdin');
  assert.equal((await serve('erase', '', { waitForStdin: unreadable })).status, 0);
});

test('erase reads no further than its first line, store to the end', async () => {
  const asked: unknown[] = [];
  const reading = (text: string): Partial<OtherVerbsPorts> => ({
    waitForStdin: async (limit, endsAtNewline) => {
      asked.push([limit < 10_000, endsAtNewline]);
      return text;
    },
  });
  const erased: string[] = [];
  await serve('erase', '', { ...reading('r.example.com\r\nmore\nlines'), ...erasing(erased) });
  await serve('store', '', reading('{'));
  assert.deepEqual(asked, [
    [true, true],
    [false, false],
  ]);
  assert.deepEqual(erased, ['r.example.com']);
});

test('at the deadline erase is still 0, and store 1, and both say what they waited for', async () => {
  const never = () => new Promise<never>(() => {});
  const onStdin = (call: () => void) => call();
  const open = 'It could not be done in time: stdin stayed open [out-of-time]\n';
  const stdinOpen = { waitForStdin: never, onDeadline: onStdin };
  assert.deepEqual(await serve('erase', '', stdinOpen), {
    status: 0,
    out: '',
    err: `docker-credential-openshift: ${open}`,
  });
  assert.deepEqual(await serve('store', '', stdinOpen), { status: 1, out: open, err: '' });
});

test('what still hangs at the deadline once stdin was read is left', async () => {
  const slow =
    'It could not be done in time: a cluster, a plugin, the keychain or a file takes too long [out-of-time]\n';
  const deadlineWithin = (): Partial<OtherVerbsPorts> => {
    let comeToDeadline = (): void => assert.fail('no deadline was set');
    const hang = (): Promise<never> => {
      comeToDeadline();
      return new Promise<never>(() => {});
    };
    const onDeadline = (call: () => void): void => {
      comeToDeadline = call;
    };
    return { onDeadline, eraseCredential: hang, storeCredential: hang };
  };
  const erased = await serve('erase', 'r.example.com', deadlineWithin());
  assert.deepEqual(erased, { status: 0, out: '', err: `docker-credential-openshift: ${slow}` });
  const credential = text({ ServerURL: 'r.example.com', Username: 'u', Secret: 's' });
  assert.deepEqual(await serve('store', credential, deadlineWithin()), { status: 1, out: slow, err: '' });
});

test('what a plugin says reaches the terminal as one line, without what drives it', async () => {
  const hostile = async () => {
    throw new AppError({ code: 'x', message: 'it says \u001b[2Jno' });
  };
  const { err } = await serve('erase', 'r.example.com', { eraseCredential: hostile });
  assert.equal(err, 'docker-credential-openshift: it says [2Jno [x]\n');
});

test('erase at a terminal tells the usage', async () => {
  const { status, err } = await serve('erase', TERMINAL);
  assert.deepEqual([status, err], [0, 'Usage: echo REGISTRY_HOST | docker-credential-openshift erase\n']);
});

test('store hands over the host in its one spelling and in the one of the engine, the user name and the secret', async () => {
  const stored: unknown[] = [];
  const credential = text({ ServerURL: 'https://R.example.com/v1/', Username: 'bob', Secret: 's' });
  const storeCredential = async (typed: object) => void stored.push(typed);
  assert.deepEqual(await serve('store', credential, { storeCredential }), { status: 0, out: '', err: '' });
  const typed = {
    host: 'r.example.com',
    serverUrl: 'https://R.example.com/v1/',
    username: 'bob',
    secret: 's',
  };
  assert.deepEqual(stored, [typed]);
});

test('store says on stdout, where engines show it, what is missing', async () => {
  const refusals: [string | typeof TERMINAL, string][] = [
    ['', 'stdin holds no JSON object with ServerURL, Username and Secret [bad-credential]\n'],
    [TERMINAL, 'stdin holds no JSON object with ServerURL, Username and Secret [bad-credential]\n'],
    ['null', 'stdin holds no JSON object with ServerURL, Username and Secret [bad-credential]\n'],
    ['[]', 'stdin holds no JSON object with ServerURL, Username and Secret [bad-credential]\n'],
    [text({ ServerURL: '' }), 'no credentials server URL\n'],
    [text({ ServerURL: 7, Username: 'u', Secret: 's' }), 'no credentials server URL\n'],
    [text({ ServerURL: 'r.example.com' }), 'no credentials username\n'],
    [text({ ServerURL: 'r.example.com', Username: 'u' }), 'no credentials secret [bad-credential]\n'],
    [
      text({ ServerURL: 'two words', Username: 'u', Secret: 's' }),
      '"two words" is not a registry host [bad-credential]\n',
    ],
  ];
  for (const [stdin, out] of refusals)
    assert.deepEqual(await serve('store', stdin), { status: 1, out, err: '' });
});

test('store repeats nothing of what it could not read', async () => {
  const { out } = await serve('store', `{"Secret":"hunter2",`);
  assert.ok(!out.includes('hunter2'));
  // Megabytes are counted in bytes, as they are read: stdin is left there.
  for (const secret of ['x'.repeat(1 << 21), '管'.repeat(600_000)]) {
    const huge = await serve('store', text({ ServerURL: 'r.example.com', Username: 'u', Secret: secret }));
    assert.deepEqual(huge, {
      status: 1,
      out: 'the credential is larger than 1 MB [bad-credential]\n',
      err: '',
    });
  }
});

test('store tells a refusal with the command that fixes it, and without a token', async () => {
  const credential = text({ ServerURL: 'r.example.com', Username: 'u', Secret: 's' });
  assert.deepEqual(await serve('store', credential, { storeCredential: broken }), {
    status: 1,
    out: 'bad *** [x]. Run: oc logout\n',
    err: '',
  });
});
