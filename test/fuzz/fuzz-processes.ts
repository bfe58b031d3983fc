import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readyFile } from '../../src/files/answer-file.ts';
import { createAuthority } from '../sandbox/certificates.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { mutated } from './mutate.ts';
import { caseSeed, type Random, seeded } from './random.ts';
import { kubeconfigTargets } from './targets/kubeconfigs.ts';
import { configTargets } from './targets/our-config.ts';
import { protocolTargets } from './targets/protocol.ts';

/**
 * Runs the built program many times, in homes whose files are changed at random, with a sandbox as their cluster.
 *
 *   fuzz-processes.ts RUNS [SEED] [MINUTES]
 */
const WORKERS = 4;
const PROGRAM = fileURLToPath(new URL('../../dist/docker-credential-openshift', import.meta.url));
const NOT_FOUND = 'credentials not found in native keychain\n';
/** After so many runs the counts so far are printed: a run of hours may be ended before its end. */
const REPORT_RUNS = 5000;
/** It ends by itself long before, on a machine that is not busy; one that is busy starts it late. */
const MOST_MS = 60_000;
const CACHE = '.cache/docker-credential-openshift';

const HOSTS = protocolTargets.find(({ name }) => name === 'hosts');
const STORES = protocolTargets.find(({ name }) => name === 'store');

interface Home {
  readonly directory: string;
  readonly files: Record<
    'kubeconfig' | 'config' | 'engine',
    { readonly path: string; readonly text: string }
  >;
  /** What was made of the record in the cache, which may lie there for many a run. */
  changedRecord: string;
}

const [runs = 100_000, seed = 1, minutes = Number.POSITIVE_INFINITY] = process.argv.slice(2).map(Number);
const endMs = Date.now() + minutes * 60_000;
const counts = { runs: 0, credentials: 0, anonymous: 0, others: 0, slowestMs: 0 };
/** How often each code was said. */
const said = new Map<string, number>();
const sandbox = await startSandbox();
const good = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: 0 });
const elsewhere = await startElsewhere();
const root = mkdtempSync(join(tmpdir(), 'fuzz-processes-'));
try {
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
} finally {
  rmSync(root, { recursive: true, force: true });
  elsewhere.close();
  await sandbox.stop();
}
report();

function report(): void {
  process.stdout.write(`${JSON.stringify({ ...counts, said: Object.fromEntries(said) })}, seed ${seed}\n`);
}

/** Somebody else's server, which is to see nothing of the cluster's. */
async function startElsewhere() {
  const seen: string[] = [];
  const authority = await createAuthority('elsewhere');
  const { certPem, keyPem } = await authority.issueServer(['localhost', '127.0.0.1']);
  const server = createServer({ cert: certPem, key: keyPem }, (request, response) => {
    seen.push(`${request.url} ${JSON.stringify(request.headers)}`);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { seen, url: `https://localhost:${port}`, ca: authority.caPem, close: () => server.close() };
}

function homeOf(worker: number): Home {
  const directory = join(root, `${worker}`);
  const cluster = Buffer.from(elsewhere.ca).toString('base64');
  const kubeconfig = JSON.parse(JSON.stringify(sandboxKubeconfig(sandbox)));
  const evil = { server: elsewhere.url, 'certificate-authority-data': cluster };
  kubeconfig.clusters.push({ name: 'evil', cluster: evil });
  kubeconfig.users.push({ name: 'evil', user: { token: `sha256~${'evil'.repeat(10)}abc` } });
  kubeconfig.contexts.push({ name: 'evil', context: { cluster: 'evil', user: 'evil' } });
  const registries = {
    [sandbox.registryHost]: { server: sandbox.apiUrl, user: 'alice' },
    'b.example.com': {},
  };
  const file = (path: string, value: unknown) => ({
    path: join(directory, path),
    text: JSON.stringify(value),
  });
  return {
    directory,
    changedRecord: '',
    files: {
      kubeconfig: file('.kube/config', kubeconfig),
      config: file('.config/docker-credential-openshift/config.yaml', { registries }),
      engine: file('.docker/config.json', { credHelpers: { [sandbox.registryHost]: 'openshift' } }),
    },
  };
}

/** As JSON, which is YAML, too. */
function sandboxKubeconfig({ apiUrl, caPem }: Sandbox) {
  const data = Buffer.from(caPem).toString('base64');
  return {
    clusters: [{ name: 'a', cluster: { server: apiUrl, 'certificate-authority-data': data } }],
    users: [{ name: 'alice', user: { token: good } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'alice' } }],
    'current-context': 'a',
  };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text, { mode: 0o600 });
}

async function work(worker: number): Promise<void> {
  const home = homeOf(worker);
  for (let index = worker; index < runs && Date.now() < endMs; index += WORKERS) {
    const one = caseSeed(seed, 'processes', index);
    try {
      await runOne(home, seeded(one));
    } catch (error) {
      process.stdout.write(`FINDING processes ${one}\n${error instanceof Error ? error.stack : error}\n`);
      process.exitCode = 1;
    }
  }
}

function changedText(file: keyof Home['files'], text: string, random: Random): string {
  const [target] = file === 'kubeconfig' ? kubeconfigTargets : configTargets;
  const seeds = [text, text, ...(target?.seeds ?? [])];
  return mutated(seeds, target?.words ?? [], random);
}

async function runOne(home: Home, random: Random): Promise<void> {
  const { files, directory } = home;
  // What is kept there goes now and then: whoever has signed out once would get nothing any more.
  if (random.oneIn(200)) rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  const before = new Map<string, string>();
  let areMutated = false;
  for (const [name, { path, text }] of Object.entries(files)) {
    const isMutated = random.oneIn(150);
    const now = isMutated ? changedText(name as keyof Home['files'], text, random) : text;
    areMutated ||= isMutated;
    write(path, now);
    before.set(path, readFileSync(path, 'utf8'));
  }
  const ready = readyFile(join(directory, CACHE), sandbox.registryHost);
  if (random.oneIn(20) && existsSync(ready)) {
    home.changedRecord = mutated(
      [readFileSync(ready, 'utf8')],
      ['\nend\n', 'source - /x\n', '\nout {}\n', 'kept {}'],
      random,
    );
    writeFileSync(ready, home.changedRecord, { mode: 0o600 });
  }
  const isChanged = existsSync(ready) && readFileSync(ready, 'utf8') === home.changedRecord;
  const record = isChanged ? home.changedRecord : '';
  const verb = random.oneIn(500) ? random.pick(['store', 'erase', 'list'] as const) : 'get';
  const input = stdinOf(verb, random);
  const ended = await run(verb, input, directory);
  counts.runs += 1;
  if (counts.runs % REPORT_RUNS === 0) report();
  counts.slowestMs = Math.max(counts.slowestMs, Math.round(ended.elapsedMs));
  if (verb === 'get') mustBeAnswer(ended, record);
  else {
    counts.others += 1;
    assert.ok(
      ended.status === 0 || (verb === 'store' && ended.status === 1),
      `${verb} ended with ${ended.status}`,
    );
  }
  // A change may well put a token where it is a name; in the whole form it is known.
  assert.ok(!/sha256~[\w-]{20}/.test(ended.stderr), 'a token is on stderr');
  for (const [path, text] of before) assert.equal(readFileSync(path, 'utf8'), text, `${path} was changed`);
  mustBeOurs(directory, [...before.keys()]);
  if (!areMutated)
    assert.ok(!elsewhere.seen.some((request) => request.includes(good)), 'a token went elsewhere');
  elsewhere.seen.length = 0;
}

function stdinOf(verb: string, random: Random): string {
  if (verb === 'store') return mutated(STORES?.seeds ?? [], STORES?.words ?? [], random);
  if (random.oneIn(2)) return `${sandbox.registryHost}\n`;
  const seeds = [sandbox.registryHost, `https://${sandbox.registryHost}/v2/`, ...(HOSTS?.seeds ?? [])];
  return mutated(seeds, HOSTS?.words ?? [], random);
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

function run(verb: string, input: string, directory: string): Promise<Ended> {
  const startedMs = performance.now();
  const env = { HOME: directory, PATH: '/usr/bin:/bin', SSL_CERT_FILE: sandbox.ingressCaFile };
  const child = spawn(PROGRAM, [verb], { env, cwd: '/', timeout: MOST_MS, killSignal: 'SIGKILL' });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  // It need not read all that it is sent.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) =>
      resolve({ status, ...printed, elapsedMs: performance.now() - startedMs }),
    );
  });
}

/** @param record what lay in the cache, if that was changed: whoever may write there is believed, line by line */
function mustBeAnswer({ status, stdout, stderr }: Ended, record: string): void {
  const why = /\[([a-z-]+)\]/.exec(stderr)?.[1] ?? (stderr === '' ? 'nothing' : 'other');
  said.set(why, (said.get(why) ?? 0) + 1);
  assert.match(stderr, /^(?:[^\n]+\n)?$/);
  if (record !== '' && record.includes(`\nout ${stdout}`)) return;
  assert.notEqual(why, 'unexpected', stderr);
  if (status === 1) {
    counts.anonymous += 1;
    assert.equal(stdout, NOT_FOUND);
    return;
  }
  assert.equal(status, 0, stderr);
  counts.credentials += 1;
  const { Secret, ...rest } = JSON.parse(stdout);
  assert.deepEqual([Object.keys(rest), stdout.split('\n').length], [['ServerURL', 'Username'], 2]);
  assert.ok(
    Secret === good || record !== '',
    `another secret: ${createHash('sha256').update(Secret).digest('hex')}`,
  );
}

/** Nothing lies in a home but what was there, and what is ours; and of that nothing but a ready record holds the token. */
function mustBeOurs(directory: string, known: readonly string[]): void {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || known.includes(path)) continue;
    assert.match(path, /\/docker-credential-openshift\//, 'a file of nobody');
    if (path.endsWith('.ready')) continue;
    assert.ok(!readFileSync(path, 'utf8').includes(good), `${path} holds the token`);
  }
}
