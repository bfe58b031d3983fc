import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { answered, type Place, placeOf, platforms } from './release-places.ts';

// Of what `scripts/release` made last, with another program in the main program's place (stand-in-main.c). Started by
// scripts/test-release, which makes the root and compiles that.

const NAME = 'docker-credential-openshift';
const HOST = 'r.example.com';
const NOT_FOUND = 'credentials not found in native keychain\n';
const CREDENTIAL = '{"ServerURL":"r.example.com","Username":"u","Secret":"s"}\n';
/** None that can be known of is waited for as long. */
const LONGEST_MS = 60_000;

const ENDED =
  /^docker-credential-openshift: The main program [^\n]+ \[program-ended\]\. Run: docker-credential-openshift doctor\n$/;
const LATE =
  /^docker-credential-openshift: No answer for r\.example\.com in time: [^\n]+ \[late\]\. Run: docker-credential-openshift renew r\.example\.com\n$/;
const NOT_STARTED = (what: string) =>
  new RegExp(
    `^${NAME}: Z:\\\\[^\n]+\\\\libexec\\\\${NAME}\\\\${NAME}\\.exe ${what} \\(error \\d+ of Windows\\) \\[not-started\\]\\. Install [^\n]+\\.\n$`,
  );

/** What `get` ends with and says; without an answer the sentence "not found". */
const GETS: readonly { readonly does: string; readonly answer?: string; readonly said?: RegExp }[] = [
  { does: 'answer', answer: CREDENTIAL },
  { does: 'not found' },
  { does: 'crash', said: ENDED },
  { does: 'garbage', said: ENDED },
  { does: 'three', said: ENDED },
  { does: 'flood', said: /said too much/ },
  { does: 'remark', answer: CREDENTIAL, said: /^\.+$/ },
  { does: 'answer and crash', answer: CREDENTIAL },
  { does: 'answer and stay', answer: CREDENTIAL },
  { does: 'half', said: LATE },
  { does: 'late', said: LATE },
];

test('windows-x64: engines get one of their answers, whatever stands in the main program’s place, and nothing is left running', {
  skip: !platforms.includes('windows-x64'),
}, async (t) => {
  const place = await placeOf(t, 'windows-x64');
  const main = join(place.directory, 'libexec', NAME, `${NAME}.exe`);
  rmSync(main);
  await t.test('one that is missing', () => notStarted(place, NOT_STARTED('is missing')));
  writeFileSync(main, 'text\n');
  await t.test('what is not a program', () => notStarted(place, NOT_STARTED('is not for this machine')));
  copyFileSync(join(process.env.RELEASE_ROOTS ?? '', 'stand-in-main.exe'), main);
  for (const { does, answer, said = /^$/ } of GETS) {
    await t.test(`get, where it does: ${does}`, async () => {
      const ask = said === LATE ? place.run : answered.bind(undefined, place);
      const { status, stdout, stderr } = await ask(['get'], HOST, { STAND_IN: does });
      assert.deepEqual([status, stdout], answer === undefined ? [1, NOT_FOUND] : [0, answer], stderr);
      assert.match(stderr, said);
    });
  }
  await t.test('store, erase and list, which have answers of their own', () => otherVerbs(place));
  await t.test('a kubelet, which gets a response without a login', () => kubelet(place));
  await t.test('it gets the request, and no variable that its runtime would obey or speak of', () =>
    surroundings(place),
  );
  await t.test('commands for people get the console’s files, and their status is passed on', () =>
    command(place),
  );
  for (const does of ['leave', 'leave and end', 'leave and stay'])
    await t.test(`a plugin is ended, where it does: ${does}`, (t) => plugin(t, place, does));
  await t.test('a renewal goes on once the answer is out', (t) => renewal(t, place));
});

async function notStarted(place: Place, said: RegExp): Promise<void> {
  const get = await answered(place, ['get'], HOST);
  assert.deepEqual([get.status, get.stdout], [1, NOT_FOUND]);
  assert.match(get.stderr, said);
  const list = await answered(place, ['list']);
  assert.deepEqual([list.status, list.stdout], [0, '{}\n']);
  assert.match(list.stderr, said);
  const status = await place.run(['status']);
  assert.deepEqual([status.status, status.stdout], [1, '']);
  assert.match(status.stderr, said);
}

async function otherVerbs(place: Place): Promise<void> {
  for (const does of ['three', 'crash', 'late']) {
    const why = does === 'late' ? /could not be done in time: .* \[out-of-time\]/ : / \[program-ended\]/;
    const ask = does === 'late' ? place.run : answered.bind(undefined, place);
    const store = await ask(['store'], '{"ServerURL":"r","Username":"u","Secret":"s"}', { STAND_IN: does });
    assert.deepEqual([store.status, store.stderr], [1, '']);
    assert.match(store.stdout, /^[^\n]+\n$/);
    assert.match(store.stdout, why);
    const erase = await ask(['erase'], HOST, { STAND_IN: does });
    assert.deepEqual([erase.status, erase.stdout], [0, '']);
    assert.match(erase.stderr, why);
    const list = await ask(['list'], '', { STAND_IN: does });
    assert.deepEqual([list.status, list.stdout], [0, '{}\n']);
    assert.match(list.stderr, why);
  }
  const list = await answered(place, ['list'], '', { STAND_IN: 'answer' });
  assert.deepEqual([list.status, list.stdout, list.stderr], [0, '{"r.example.com":"u"}\n', '']);
}

async function kubelet(place: Place): Promise<void> {
  const request = `{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"${HOST}/a/b"}`;
  const ran = await place.run(['kubelet', 'provide'], request, { STAND_IN: 'late' });
  assert.equal(ran.status, 0);
  assert.deepEqual((JSON.parse(ran.stdout) as { auth: object }).auth, {});
  assert.match(
    ran.stderr,
    /^[^\n]+ No answer for r\.example\.com in time: [^\n]+ \[late\]\. Run: [^\n]+ doctor r\.example\.com\n$/,
  );
}

async function surroundings(place: Place): Promise<void> {
  const obeyed = { BUN_OPTIONS: '--x', bun_be_bun: '1', BUN_INSPECT_NOTIFY: 'x', Bun_Jsc_useJIT: '0' };
  const env = { ...obeyed, NODE_EXTRA_CA_CERTS: 'Z:\\none.pem', BUN_OTHER: 'stays', STAND_IN: 'tell' };
  const get = await answered(place, ['get'], `${HOST}\n`, env);
  assert.deepEqual([get.status, get.stdout, get.stderr], [0, CREDENTIAL, `${HOST}\nBUN_OTHER=stays\n`]);
  // More than a pipe holds.
  const request = JSON.stringify({ ServerURL: 'r', Username: 'u', Secret: 'x'.repeat(60_000) });
  const store = await answered(place, ['store'], request, { STAND_IN: 'tell' });
  assert.deepEqual([store.status, store.stdout, store.stderr], [0, '', request]);
}

async function command(place: Place): Promise<void> {
  const words = ['status', '"a b"', '"*"', '\\"'];
  const ran = await place.run(words, 'typed\n', { STAND_IN: 'command' });
  assert.deepEqual([ran.status, ran.stdout, ran.stderr], [7, ` ${words.join(' ')}\ntyped\n`, 'said\n']);
}

/** Where what is left running connects to. */
async function listen(t: TestContext) {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const connected = once(server, 'connection', { signal: AbortSignal.timeout(LONGEST_MS) });
  connected.catch(() => {
    // Told where it is waited for.
  });
  return {
    port: String((server.address() as AddressInfo).port),
    connection: async () => ((await connected) as [Socket])[0].on('error', () => {}),
  };
}

async function plugin(t: TestContext, place: Place, does: string): Promise<void> {
  const { port, connection } = await listen(t);
  const { stdout, stderr } = await place.run(['get'], HOST, { STAND_IN: does, STAND_IN_PORT: port });
  if (does === 'leave') assert.equal(stdout, CREDENTIAL, stderr);
  else assert.equal(stdout, NOT_FOUND);
  const left = await connection();
  t.after(() => left.destroy());
  left.resume();
  // Its own it would close never.
  if (!left.closed) await once(left, 'close', { signal: AbortSignal.timeout(LONGEST_MS) });
}

async function renewal(t: TestContext, place: Place): Promise<void> {
  const { port, connection } = await listen(t);
  const env = { STAND_IN: 'renew', STAND_IN_PORT: port };
  let running: ReturnType<Place['run']> | undefined;
  const ended = new Promise<void>((resolve) => {
    running = place.run(['get'], HOST, env, resolve);
  });
  const renews = await connection();
  t.after(() => renews.destroy());
  let said = '';
  renews.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await ended;
  renews.write('g');
  await once(renews, 'end', { signal: AbortSignal.timeout(LONGEST_MS) });
  assert.equal(said, 'renewal renewed');
  const ran = await running;
  assert.deepEqual([ran?.status, ran?.stdout, ran?.stderr], [0, CREDENTIAL, '']);
}
