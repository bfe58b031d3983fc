import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { test } from 'node:test';
import { compiledHelper, runHelper } from '../support/helper-program.ts';
import { kubeconfig } from '../support/kubeconfig-entries.ts';
import { type RecordingNetwork, type Spot, startRecordingNetwork } from '../support/recording-network.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { allowed, type Canaries, canary, hostOf, type Shape, shapes } from './secret-shapes.ts';

const A = 'https://api.a.test:6443';

/** The secrets of a shape, of which the cluster and the registries know the good ones. */
function canariesOf({ kind, host }: Shape, at: number, { sandbox, corpLogins }: RecordingNetwork): Canaries {
  const issued = () => sandbox.issueOAuthToken({ user: 'alice' });
  const forged = (of: string) => `sha256~${canary(of, at)}`;
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const typed = {
    password: `canary-${canary('password', at)}`,
    opaque: canary('opaque', at),
    jwt: `${encode({ alg: 'RS256' })}.${encode({ iss: 'https://idp.test', sub: `${at}`, exp })}.${canary('signature', at)}`,
    token: host === 'a' ? sandbox.issueOAuthToken({ user: 'robot' }) : forged('typed'),
  }[kind];
  corpLogins.add(`robot:${typed}`);
  return {
    typed,
    good: issued(),
    proxied: issued(),
    posing: forged('posing'),
    evil: forged('evil'),
    file: issued(),
  };
}

/** A shape's kubeconfig. */
function kubeconfigOf(
  { contexts, current, hasUnused }: Shape,
  of: Canaries,
  network: RecordingNetwork,
): string {
  const { caFile, evilCaFile, proxy, evilProxy } = network;
  const trusting = (file: string) => ({ 'certificate-authority': file });
  const posing = { server: A, ...trusting(evilCaFile), 'proxy-url': evilProxy };
  const evil = { ...posing, server: 'https://api.evil.test:6443' };
  const clusters = {
    good: { server: A, ...trusting(caFile) },
    proxied: { server: A, ...trusting(caFile), 'proxy-url': proxy },
    insecure: { server: A, 'insecure-skip-tls-verify': true, 'proxy-url': evilProxy },
    posing,
    evil,
    borrowing: evil,
  };
  const users = {
    good: 'alice',
    insecure: 'alice',
    proxied: 'pat',
    posing: 'mallory',
    evil: 'eve',
    borrowing: 'alice',
  } as const;
  const tokens = { alice: of.good, pat: of.proxied, mallory: of.posing, eve: of.evil };
  return kubeconfig({
    clusters: [
      ...(hasUnused ? [{ name: 'unused', cluster: posing }] : []),
      ...contexts.map((name) => ({ name, cluster: clusters[name] })),
    ],
    users: Object.entries(tokens).map(([name, token]) => ({ name, user: { token } })),
    contexts: contexts.map((name) => ({ name, context: { cluster: name, user: users[name] } })),
    ...(current === undefined ? {} : { current }),
  });
}

/** Runs the program in a shape. @returns what it printed where an engine would take a credential from it */
async function play(shape: Shape, of: Canaries, home: string, network: RecordingNetwork): Promise<string> {
  const host = hostOf(shape);
  const { typed, file } = of;
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text, { mode: 0o600 });
  };
  const env = {
    HOME: home,
    PATH: [dirname(compiledHelper.command[0]), '/usr/bin', '/bin'].join(delimiter),
    ...network.env,
  };
  const run = async (verb: string | readonly string[], input = '') =>
    (await runHelper(compiledHelper, verb, input, { env, cwd: home, stdin: 'socket' })).stdout;
  const entry = {
    none: undefined,
    server: { server: A },
    user: { server: A, user: 'alice' },
    tokenFile: { server: A, tokenFile: join(home, 'token') },
  }[shape.config];
  const registries = entry === undefined ? {} : { [host]: entry };
  put('.config/docker-credential-openshift/config.yaml', JSON.stringify({ secrets: 'file', registries }));
  put('token', file);
  const store = () => run('store', JSON.stringify({ ServerURL: host, Username: 'robot', Secret: typed }));
  const files = kubeconfigOf(shape, of, network);
  if (shape.way === 'get later') {
    await store();
    put('.kube/config', files);
    return run('get', host);
  }
  put('.kube/config', files);
  if (shape.way.startsWith('podman')) {
    const auths = { [host]: { auth: Buffer.from(`robot:${typed}`).toString('base64') } };
    put('.config/containers/auth.json', JSON.stringify({ auths, credHelpers: { [host]: 'openshift' } }));
    await run(shape.way === 'podman, setup' ? ['setup', '--yes', '--no-timer'] : ['renew']);
    return '';
  }
  await store();
  if (shape.way === 'store, get') return run('get', host);
  const command = {
    status: ['status', host, '--check'],
    renew: ['renew', host],
    revoke: ['logout', host, '--revoke', '--yes'],
    doctor: ['doctor', host],
  }[shape.way as 'status' | 'renew' | 'revoke' | 'doctor'];
  await run(command);
  return '';
}

test('the shapes hold every pair of kubeconfig, current context, config, host, secret and way', () => {
  const parts = (shape: Shape) => [
    `${shape.contexts.join('+')} ${shape.current}`,
    `unused: ${shape.hasUnused}`,
    `config: ${shape.config}`,
    `host: ${shape.host}`,
    `kind: ${shape.kind}`,
    `way: ${shape.way}`,
  ];
  const pairs = new Set<string>();
  const items = [0, 1, 2, 3, 4, 5].map(() => new Set<string>());
  for (const shape of shapes()) {
    const of = parts(shape);
    for (const [at, one] of of.entries()) {
      items[at]?.add(one);
      for (const other of of.slice(at + 1)) pairs.add(`${one}, ${other}`);
    }
  }
  const missing = items.flatMap((ones, at) =>
    items
      .slice(at + 1)
      .flatMap((others) => [...ones].flatMap((one) => [...others].map((other) => `${one}, ${other}`)))
      .filter((pair) => !pairs.has(pair)),
  );
  assert.deepEqual(missing, []);
});

test('no secret is seen where it may not go, however contexts, connections, claims and typed logins come together', async (t) => {
  const network = await startRecordingNetwork(t);
  const directory = temporaryDirectory(t);
  const all = shapes();
  const played = all.map((shape, at) => ({ shape, of: canariesOf(shape, at, network), at, answer: '' }));
  const waiting = [...played];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      next.answer = await play(next.shape, next.of, join(directory, String(next.at)), network);
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));

  const leaks: string[] = [];
  const leaking = new Set<Shape>();
  const arrived = new Map<string, number>();
  for (const { shape, of, answer } of played) {
    const rules = allowed(shape);
    const told = (leak: string) => {
      leaks.push(`${shape.name}: ${leak}`);
      leaking.add(shape);
    };
    for (const name of Object.keys(of) as (keyof Canaries)[]) {
      const { spots, isAnswered } = rules[name];
      for (const spot of network.spotsOf(of[name])) {
        const kind = name === 'typed' ? shape.kind : name;
        const arrival: `${string} at ${Spot}` = `${kind} at ${spot}`;
        arrived.set(arrival, (arrived.get(arrival) ?? 0) + 1);
        if (!spots.has(spot)) told(`${name} was seen at ${spot}`);
      }
      if (answer.includes(of[name]) && !isAnswered) told(`${name} was answered`);
    }
  }
  t.diagnostic(`${all.length} shapes, ${leaking.size} of them leak`);
  for (const [arrival, count] of [...arrived].sort()) t.diagnostic(`${count} times ${arrival}`);
  assert.ok(all.length >= 500, 'there are fewer shapes than this was made for');
  assert.deepEqual(leaks, []);
  // They do go where they should: a program that sends nothing would pass otherwise.
  for (const arrival of [
    'password at registry of a',
    'password at corp',
    'jwt at registry of a',
    'token at api of a',
    'token at corp',
    'good at api of a',
    'file at api of a',
    'evil at evil by its proxy',
  ])
    assert.ok((arrived.get(arrival) ?? 0) > 0, arrival);
});
