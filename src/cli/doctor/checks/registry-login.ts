import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';

export interface RegistryLoginPorts {
  /** What the registry's own token endpoint says of the token that the host gets; undefined: it gets none. */
  registryAccepts(host: string): Promise<'accepted' | 'refused' | 'unreachable' | undefined>;
}

/** Whether the registries take the tokens that they get: a cluster may accept one that its registry refuses. */
export async function registryLogin(
  { registryAccepts }: RegistryLoginPorts,
  { hosts }: Pick<CheckContext, 'hosts'>,
): Promise<readonly Finding[]> {
  const found = await Promise.all(hosts.map(async (host) => describe(host, await registryAccepts(host))));
  return found.flat();
}

function describe(host: string, said: Awaited<ReturnType<RegistryLoginPorts['registryAccepts']>>): Finding[] {
  switch (said) {
    case undefined:
      return [];
    case 'accepted':
      return [{ status: 'ok', host, saw: `${host} accepts the token` }];
    case 'unreachable':
      return [{ status: 'skipped', host, saw: `${host} could not be asked about the token` }];
    case 'refused':
      return [
        {
          status: 'problem',
          host,
          saw: `${host} refuses the token that its cluster accepts`,
          why: "Every pull with it fails, of public images, too: the registry is of another cluster than it is bound to, can't reach its cluster, or has other rules",
          mend: `docker-credential-openshift setup ${host}`,
        },
      ];
  }
}
