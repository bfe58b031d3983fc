import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createDemoHome, type DemoHome } from '../../scripts/lib/demo/demo-home.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';

/** The names that the docs use; both lead to the sandbox. */
export const REGISTRY = 'registry.example.com';
const API = 'api.example.com';

/** What the docs call the sandbox's images, and what they are called there. */
const IMAGES: Readonly<Record<string, string>> = {
  'team/app': 'alice-ns/private',
  'base/tools': 'public-ns/public',
};

const helper = fileURLToPath(new URL('../../dist/docker-credential-openshift', import.meta.url));

const STARTS = [
  'logged-in',
  'logged-out',
  'expired',
  'stale',
  'untrusted',
  'helper-gone',
  'empty-file',
  'odd-auth',
] as const;

/**
 * In what state the machine is before the first command. `expired`: the login of the kubeconfig is; `stale`: and docker's
 * config holds it, as `oc registry login` once wrote it. `untrusted`: nothing but the kubeconfig has the cluster's authority;
 * `helper-gone`: docker's config names a helper that is not there;
 * `empty-file`: podman's file of the session is; `odd-auth`: a stored login is not base64.
 */
export type Start = (typeof STARTS)[number];

/** @returns whether a word names a state */
export function isStart(word: string): word is Start {
  return STARTS.some((start) => start === word);
}

export interface ExampleWorld {
  readonly sandbox: Sandbox;
  /** A home as a person's who reads the docs. */
  openHome(start: Start): DemoHome;
  /** A command of the docs, as it is run here. */
  asRun(command: string): string;
  /** What was printed here, as the docs show it. */
  asShown(output: string, home: DemoHome): string;
  stop(): Promise<void>;
}

/** More names of the same registry and of the same API server. */
export interface OtherNames {
  readonly registries?: readonly string[];
  readonly apis?: readonly string[];
}

/** A cluster and its registry under the names of the docs: programs reach them by a proxy that knows where they are. */
export async function startExampleWorld(others: OtherNames = {}): Promise<ExampleWorld> {
  const { registries = [], apis = [] } = others;
  const names = [REGISTRY, API, ...registries, ...apis];
  const sandbox = await startSandbox({ registryHostNames: names, publicHostname: REGISTRY });
  const at = (hosts: readonly string[], url: string) => hosts.map((host) => [host, new URL(url)] as const);
  const proxy = await startProxy(
    new Map([...at([REGISTRY, ...registries], sandbox.registryUrl), ...at([API, ...apis], sandbox.apiUrl)]),
  );
  const real = new URL(sandbox.apiUrl).host;
  const inDocsNames = (text: string) =>
    text
      .replaceAll(real, `${API}:6443`)
      .replaceAll(real.replaceAll('.', '-'), `${API.replaceAll('.', '-')}:6443`);
  const replaced = (text: string, pairs: readonly (readonly [string, string])[]) =>
    pairs.reduce((rest, [from, to]) => rest.replaceAll(from, to), text);
  return {
    sandbox,
    openHome(start) {
      const home = createDemoHome(helper, { PATH: '/usr/local/bin:/usr/bin:/bin' });
      const proxyUrl = `http://127.0.0.1:${proxy.port}`;
      const env = {
        ...home.env,
        HTTPS_PROXY: proxyUrl,
        https_proxy: proxyUrl,
        ...(start === 'untrusted' ? {} : { SSL_CERT_FILE: sandbox.ingressCaFile }),
        LANG: 'C.UTF-8',
      };
      const dockers = (content: object) =>
        home.write('.docker/config.json', `${JSON.stringify(content, null, 2)}\n`);
      const isDead = start === 'expired' || start === 'stale';
      const token = sandbox.issueOAuthToken({ user: 'alice', createdSecondsAgo: isDead ? 4 * 86_400 : 3600 });
      if (start !== 'logged-out') home.write('.kube/config', inDocsNames(sandbox.kubeconfig({ token })));
      if (start === 'stale') {
        const auth = Buffer.from(`alice:${token}`).toString('base64');
        dockers({ auths: { [REGISTRY]: { auth } } });
      }
      if (start === 'helper-gone') dockers({ credHelpers: { [REGISTRY]: 'not-installed' } });
      if (start === 'odd-auth') dockers({ auths: { [REGISTRY]: { auth: 'no base64!' } } });
      if (start === 'empty-file') home.write('runtime/containers/auth.json', '');
      home.write('api-ca.crt', sandbox.caPem);
      return { ...home, env };
    },
    asRun: (command) => replaced(command, Object.entries(IMAGES)),
    asShown: (output, home) =>
      replaced(output, [
        ...Object.entries(IMAGES).map(([shown, real]) => [real, shown] as const),
        [sandbox.oauthUrl, 'https://oauth.example.com'],
        [home.directory, '~'],
      ]),
    async stop() {
      await proxy.stop();
      await sandbox.stop();
    },
  };
}

/** An HTTP proxy that connects to some names by a table, to this machine by its address, and to nothing else. */
async function startProxy(
  places: ReadonlyMap<string, URL>,
): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    // Whoever breaks a connection off is done with it.
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer((socket) => {
    keep(socket);
    socket.once('data', (head: Buffer) => {
      const [, name = '', port = ''] = /^CONNECT ([^:\s]+):(\d+) /.exec(head.toString('latin1')) ?? [];
      const place =
        places.get(name) ?? (name === '127.0.0.1' ? new URL(`https://${name}:${port}`) : undefined);
      if (place === undefined) {
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
        return;
      }
      const onward = connect(Number(place.port), '127.0.0.1');
      keep(onward);
      onward.once('connect', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      onward.once('close', () => socket.destroy());
      socket.once('close', () => onward.destroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
