import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { bindByConfig } from '../../e2e/helper-home.ts';
import { createAuthority, type KeyedCertificate, selfSigned } from '../../sandbox/certificates.ts';
import { hangingServer } from '../../support/hanging-server.ts';
import { startConnectProxy } from '../../support/test-proxy.ts';
import { writeFiles } from '../../support/write-files.ts';
import type { Arranged, Fault, World } from '../fault.ts';
import type { Resolving } from '../resolver.ts';
import { apart } from '../wrapped.ts';

const UNCHECKED = ['token-unchecked'];
const RESOLVER = fileURLToPath(new URL('../resolver.ts', import.meta.url));
const NAMES = ['127.0.0.1', 'localhost'];

/** The API server under another URL, in the kubeconfig and in the config, until it is lifted. */
async function renamed({ home, sandbox }: World, server: string, more = ''): Promise<() => Promise<void>> {
  const good = sandbox.kubeconfig({ token: home.token });
  await home.write(
    home.kubeconfigFile,
    good.replace(`server: ${sandbox.apiUrl}`, `${more}server: ${server}`),
  );
  await bindByConfig(home, sandbox, { server });
  return async () => {
    await home.write(home.kubeconfigFile, good);
    await bindByConfig(home, sandbox);
  };
}

/** The program in a network of its own, with a name server that answers so. */
async function resolving(world: World, how: Resolving): Promise<Arranged> {
  const { directory } = world.home;
  writeFiles(directory, { 'resolv.conf': 'nameserver 127.0.0.1\n', hosts: '127.0.0.1 localhost\n' });
  const script = [
    'ip link set lo up',
    // What is sent there comes back to a machine that is not meant, and is dropped.
    'ip route add 192.0.2.0/24 dev lo',
    `mount --bind ${directory}/resolv.conf /etc/resolv.conf`,
    `mount --bind ${directory}/hosts /etc/hosts`,
    `exec "${process.execPath}" ${RESOLVER} ${how}`,
  ].join(' && ');
  const flags = ['--mount', '--net', '--propagation', 'private'];
  const server = spawn('unshare', [...flags, 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(server, 'exit');
  await Promise.race([once(server.stdout, 'data'), exit]);
  const lift = await renamed(world, 'https://api.faults.test:6443');
  return {
    command: ['nsenter', '--target', String(server.pid), '--mount', '--net', '--', ...world.program],
    lift,
    async leave() {
      server.kill('SIGKILL');
      await exit;
    },
  };
}

const NAME_SERVERS: readonly Fault[] = (
  [
    ['knows no such name', 'nxdomain', false],
    ['fails', 'servfail', false],
    ['keeps silent', 'silent', true],
    ['answers no message', 'garbage', true],
    ['names an address that nothing answers from', 'nowhere', true],
  ] as const
).map(([name, how, waits]) => ({
  name: `the name server ${name}`,
  arrange: (world) => resolving(world, how),
  // The machine may be too busy to be done with it before the deadline.
  get: waits ? [...UNCHECKED, 'late'] : UNCHECKED,
  // Neither connects, and the end of the token is known to lie ahead.
  kept: waits ? ['token', 'late'] : ['token'],
  needs: 'root',
  isTypical: how === 'nxdomain' || how === 'silent',
  waits,
}));

/** Certificates that a server must not be trusted with. */
const CERTIFICATES: readonly Fault[] = (
  [
    ['has expired', ({ sandbox }) => sandbox.issueServerCertificate(NAMES, 3)],
    ['is for another name', ({ sandbox }) => sandbox.issueServerCertificate(['api.other.test'])],
    ['is of another authority', async () => (await createAuthority('another')).issueServer(NAMES)],
    ['is signed by itself', () => selfSigned(NAMES)],
  ] as const satisfies readonly (readonly [string, (world: World) => Promise<KeyedCertificate>])[]
).flatMap(([name, issue]) =>
  (
    [
      ['the certificate of the API', ['api'], ['token']],
      ['each certificate', ['api', 'registry', 'oauth'], UNCHECKED],
    ] as const
  ).map(
    ([whose, servers, get]): Fault => ({
      name: `${whose} ${name}`,
      async arrange(world) {
        const certificate = await issue(world);
        for (const server of servers) world.sandbox.setCertificate(server, certificate);
        return { lift: () => servers.forEach((server) => void world.sandbox.setCertificate(server, null)) };
      },
      get,
      kept: ['token'],
      isTypical: name === 'has expired' && get === UNCHECKED,
    }),
  ),
);

/** @returns the port of a server that says that to whoever connects, and hangs up */
async function saying({ t }: World, text: string): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => {}).end(text));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as { port: number }).port;
}

const PROXIES: readonly Fault[] = (
  [
    ['refuses connections', async () => 1],
    ['never answers', ({ t }) => hangingServer(t), true],
    ['hangs up', (world) => saying(world, '')],
    ['speaks no HTTP', (world) => saying(world, 'SSH-2.0-OpenSSH_9.2\r\n\r\n')],
    ['wants a password', async ({ t }) => (await startConnectProxy(t, 'me:right')).port],
    ['knows no way', (world) => saying(world, 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n')],
  ] as const satisfies readonly (readonly [string, (world: World) => Promise<number>, boolean?])[]
).map(([name, portOf, waits = false]) => ({
  name: `the proxy of the kubeconfig ${name}`,
  async arrange(world) {
    const url = `http://127.0.0.1:${await portOf(world)}`;
    return { lift: await renamed(world, world.sandbox.apiUrl, `proxy-url: ${url}\n    `) };
  },
  // A registry whose cluster is behind a proxy is no nearer.
  get: waits ? [...UNCHECKED, 'late'] : UNCHECKED,
  kept: waits ? ['token', 'late'] : ['token'],
  isTypical: name === 'wants a password',
  waits,
}));

/** Names, networks, certificates and proxies on the way to a server. */
export const NETWORK: readonly Fault[] = [
  ...NAME_SERVERS,
  {
    name: 'there is no network',
    arrange: (world) => apart(world, ['--mount', '--net']),
    get: UNCHECKED,
    kept: ['token'],
    needs: 'root',
  },
  ...CERTIFICATES,
  ...PROXIES,
  {
    name: 'the proxy of the environment is not a URL',
    arrange: ({ home }) => ({ env: { ...home.env, HTTPS_PROXY: 'http://[', ALL_PROXY: 'nonsense' } }),
    get: ['token'],
  },
  {
    name: 'the proxy of the environment refuses connections',
    arrange: ({ home }) => ({ env: { ...home.env, HTTPS_PROXY: 'http://127.0.0.1:1' } }),
    get: ['token'],
  },
];
