import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createAuthority } from '../sandbox/certificates.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { listening } from './listening.ts';
import { runningSandbox } from './running-sandbox.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Where a secret may turn up. */
export type Spot =
  /** A cluster that people use, and its registry: `api.a.test:6443`, `registry.apps.a.test`. */
  | 'api of a'
  | 'registry of a'
  /** A registry of no cluster: `registry.corp.test`. */
  | 'corp'
  /** What somebody else runs under a name of their own: `api.evil.test:6443`, `registry.apps.evil.test`. */
  | 'evil by its name'
  /** Whatever is asked for by the proxy that somebody else runs: it answers for every name. */
  | 'evil by its proxy';

export const HOSTS = {
  a: 'registry.apps.a.test',
  corp: 'registry.corp.test',
  evil: 'registry.apps.evil.test',
} as const;

/** A small world on loopback. Names lead to their owners by the environment's proxy, as they do by DNS. */
export interface RecordingNetwork {
  readonly sandbox: Sandbox;
  /** What a process of this world has in its environment: the proxy, and the roots that its system trusts. */
  readonly env: Readonly<Record<string, string>>;
  /** The authorities of the cluster's API and of the others', as files. */
  readonly caFile: string;
  readonly evilCaFile: string;
  /** The proxies, as URLs. */
  readonly proxy: string;
  readonly evilProxy: string;
  /** Logins that the registry of no cluster takes, as `user:password`. */
  readonly corpLogins: Set<string>;
  /** Where a secret was seen, in whatever part of a request. */
  spotsOf(secret: string): ReadonlySet<Spot>;
}

/** Whatever a test may look for: passwords of the form `canary-…`, and every form of tokens. */
const SECRETS = /canary-[\w-]+|sha256~[\w-]{43}|eyJ[\w-]+\.[\w-]+\.[\w-]+|(?<![\w~-])[\w-]{43}(?![\w-])/g;

/** Starts it; all of it ends with the test. */
export async function startRecordingNetwork(t: TestContext): Promise<RecordingNetwork> {
  const seen = new Map<string, Set<Spot>>();
  const record = (spot: Spot, request: Heard): void => {
    for (const [secret] of textOf(request).matchAll(SECRETS)) {
      seen.set(secret, (seen.get(secret) ?? new Set()).add(spot));
    }
  };
  const sandbox = await runningSandbox(t, {
    registryHostNames: ['api.a.test', HOSTS.a],
    publicHostname: HOSTS.a,
    separateIngressAuthority: true,
  });
  const [everybodys, evils] = [await createAuthority('public'), await createAuthority('evil')];
  const corpLogins = new Set<string>();
  const serve = async (
    spot: Spot,
    { certPem: cert, keyPem: key }: { readonly certPem: string; readonly keyPem: string },
    answer: Answer,
  ): Promise<number> => {
    const server = createHttps({ cert, key }, async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const { url = '', headers } = request;
      record(spot, { path: url, headers, body });
      const { status, json, challenge } = answer(url, headers.host ?? '', headers.authorization ?? '');
      if (challenge !== undefined) response.setHeader('WWW-Authenticate', challenge);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json ?? {}));
    });
    return listening(t, server);
  };
  const corp = await serve('corp', await everybodys.issueServer([HOSTS.corp]), corpRegistry(corpLogins));
  const evilNames = ['api.evil.test', HOSTS.evil];
  const evilByName = await serve('evil by its name', await everybodys.issueServer(evilNames), yesToAll);
  const everyName = [...evilNames, 'api.a.test', HOSTS.a, HOSTS.corp];
  const evilByProxy = await serve('evil by its proxy', await evils.issueServer(everyName), yesToAll);
  const portOf = (url: string) => Number(new URL(url).port);
  const proxy = await startProxy(t, (target) => {
    if (target === 'api.a.test:6443') return portOf(sandbox.apiUrl);
    if (target === `${HOSTS.a}:443`) return portOf(sandbox.registryUrl);
    if (target === `${HOSTS.corp}:443`) return corp;
    return /^(?:[a-z.]+\.)?evil\.test:/.test(target) ? evilByName : undefined;
  });
  const evilProxy = await startProxy(t, () => evilByProxy);
  const directory = temporaryDirectory(t);
  const roots = join(directory, 'roots.pem');
  writeFileSync(roots, everybodys.caPem + sandbox.ingressCaPem);
  const evilCaFile = join(directory, 'evil.pem');
  writeFileSync(evilCaFile, evils.caPem);
  let recorded = 0;
  return {
    sandbox,
    env: { HTTPS_PROXY: proxy, SSL_CERT_FILE: roots },
    caFile: sandbox.caFile,
    evilCaFile,
    proxy,
    evilProxy,
    corpLogins,
    spotsOf: (secret) => {
      for (const { server, path, headers, body } of sandbox.requests.slice(recorded)) {
        const spot = server === 'registry' ? 'registry of a' : 'api of a';
        record(spot, { path, headers, body: body.toString() });
      }
      recorded = sandbox.requests.length;
      return seen.get(secret) ?? new Set();
    },
  };
}

interface Heard {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** All of a request, with what is encoded in it. */
function textOf({ path, headers, body }: Heard): string {
  const basic = /^Basic (.*)$/.exec(String(headers.authorization ?? ''))?.[1] ?? '';
  const parts = [path, JSON.stringify(headers), body, Buffer.from(basic, 'base64').toString()];
  return parts.flatMap((part) => [part, decoded(part)]).join('\n');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    // A stray percent sign.
    if (error instanceof URIError) return '';
    throw error;
  }
}

type Answer = (
  path: string,
  host: string,
  authorization: string,
) => { readonly status: number; readonly json?: object; readonly challenge?: string };

/** A registry that has its tokens given out by itself. */
function corpRegistry(logins: ReadonlySet<string>): Answer {
  return (path, host, authorization) => {
    const login = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
    if (path.startsWith('/token'))
      return logins.has(login) ? { status: 200, json: { token: 'for-pulls' } } : { status: 401 };
    if (path.startsWith('/v2/')) return { status: 401, challenge: `Bearer realm="https://${host}/token"` };
    return { status: 404 };
  };
}

/** An API server and a registry that take every secret for a good one, and call every host their own. */
const yesToAll: Answer = (path, host, authorization) => {
  const password = Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
    .toString()
    .replace(/^[^:]*:/, '');
  if (path.startsWith('/v2/') && authorization === '')
    return { status: 401, challenge: `Bearer realm="https://${host}/openshift/token"` };
  if (path.startsWith('/openshift/token')) return { status: 200, json: { token: password } };
  if (path.startsWith('/apis/oauth.openshift.io/v1/useroauthaccesstokens/'))
    return {
      status: 200,
      json: {
        kind: 'UserOAuthAccessToken',
        metadata: { creationTimestamp: new Date().toISOString() },
        expiresIn: 86_400,
        userName: 'mallory',
        scopes: ['user:full'],
      },
    };
  if (path.startsWith('/apis/user.openshift.io/v1/users/'))
    return { status: 200, json: { kind: 'User', metadata: { name: 'mallory' } } };
  if (path.includes('/imagestreams'))
    return {
      status: 200,
      json: {
        items: Object.values(HOSTS).map((name) => ({
          status: { publicDockerImageRepository: `${name}/ns/name` },
        })),
      },
    };
  return { status: path.startsWith('/v2/') ? 200 : 404 };
};

/** A proxy that connects wherever it likes. @param portFor undefined: nowhere */
async function startProxy(t: TestContext, portFor: (target: string) => number | undefined): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A client that breaks the connection is its own affair.
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', (head) => {
      const port = portFor(/^CONNECT (\S+) /.exec(head.toString('latin1'))?.[1] ?? '');
      if (port === undefined) {
        socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(onward);
        onward.pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      onward.on('close', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
