import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Authority, createAuthority } from './certificates.ts';
import type { Clock } from './clock.ts';
import type { EndpointSwitches } from './http/endpoint-switches.ts';
import { type Listener, startListener } from './http/listener.ts';
import type { Reply, Request, ServerName } from './http/message.ts';
import type { SandboxOptions } from './sandbox-options.ts';

/** What the three servers have in common. */
export interface ServerParts {
  readonly clock: Clock;
  readonly handlers: Readonly<Record<ServerName, (request: Request) => Reply>>;
  readonly endpoints: EndpointSwitches;
}

/** The listening servers of a sandbox, its authorities and the directory that holds their files. */
export interface Servers {
  readonly listeners: Readonly<Record<ServerName, Listener>>;
  readonly directory: string;
  readonly caPem: string;
  readonly caFile: string;
  readonly ingressCaPem: string;
  readonly ingressCaFile: string;
  readonly issueClient: Authority['issueClient'];
  readonly issueServer: Authority['issueServer'];
  /** Closes all of them and removes the directory. */
  stop(): Promise<void>;
}

/**
 * Makes certificates and starts to listen.
 *
 * @throws the `listen` error if an address is taken; nothing is left behind then.
 */
export async function startServers(options: SandboxOptions, parts: ServerParts): Promise<Servers> {
  const { apiAddress = '127.0.0.1', oauthAddress = '127.0.0.1', registryAddress = '127.0.0.1' } = options;
  const names = new Set(['localhost', '127.0.0.1', '::1', apiAddress, oauthAddress, registryAddress]);
  for (const name of options.registryHostNames ?? []) names.add(name);
  if (typeof options.publicHostname === 'string') names.add(options.publicHostname.replace(/:\d+$/, ''));

  const authority = await createAuthority('sandbox-ca');
  const ingress =
    options.separateIngressAuthority === true ? await createAuthority('sandbox-ingress-ca') : authority;
  const directory = await mkdtemp(join(tmpdir(), 'openshift-sandbox-'));
  const caFile = join(directory, 'ca.crt');
  const ingressCaFile = ingress === authority ? caFile : join(directory, 'ingress-ca.crt');
  await writeFile(caFile, authority.caPem);
  await writeFile(ingressCaFile, ingress.caPem);

  const started: Listener[] = [];
  const stop = async () => {
    await Promise.all(started.map((listener) => listener.close()));
    await rm(directory, { recursive: true, force: true });
  };
  const apiCertificate = await authority.issueServer([...names]);
  const ingressCertificate = await ingress.issueServer([...names]);
  const start = async (name: ServerName, address: string, port: number | undefined) => {
    const listener = await startListener({
      name,
      address,
      port: port ?? 0,
      certificate: name === 'api' ? apiCertificate : ingressCertificate,
      ...(name === 'api' ? { clientCaPem: authority.caPem } : {}),
      clock: parts.clock,
      handle: parts.handlers[name],
      endpoints: parts.endpoints,
    });
    started.push(listener);
    return listener;
  };
  try {
    return {
      listeners: {
        api: await start('api', apiAddress, options.apiPort),
        oauth: await start('oauth', oauthAddress, options.oauthPort),
        registry: await start('registry', registryAddress, options.registryPort),
      },
      directory,
      caPem: authority.caPem,
      caFile,
      ingressCaPem: ingress.caPem,
      ingressCaFile,
      issueClient: authority.issueClient,
      issueServer: authority.issueServer,
      stop,
    };
  } catch (error) {
    // A port was taken: leave nothing behind.
    await stop();
    throw error;
  }
}
