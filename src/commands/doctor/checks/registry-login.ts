import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';
import { refusedByRegistry } from '../login-remedy.ts';
import type { Login, LoginAnswer } from '../network-state.ts';

export interface RegistryLoginPorts {
  loginOf(host: string): Promise<Login>;
  /** What the registry says of the token that the host gets, where engines take it; undefined: it gets none. */
  registryAccepts(host: string): Promise<LoginAnswer | undefined>;
}

/** Whether the registries take the tokens that they get: a cluster may accept one that its registry refuses. */
export async function registryLogin(
  ports: RegistryLoginPorts,
  { hosts }: Pick<CheckContext, 'hosts'>,
): Promise<readonly Finding[]> {
  const found = await Promise.all(
    hosts.map(async (host) => describe(host, await ports.loginOf(host), await ports.registryAccepts(host))),
  );
  return found.flat();
}

function describe(host: string, login: Login, said: LoginAnswer | undefined): Finding[] {
  if (said === undefined || login.kind === 'none') return [];
  const { isStored, unchecked, username: user } = login;
  const what = isStored ? `the login of ${user} that is stored for it` : 'the token';
  switch (said.kind) {
    case 'accepted':
      return [{ status: 'ok', host, user, saw: `${host} accepts ${what}` }];
    case 'unknown': {
      const saw = `Whether ${host} accepts ${what} is not known: ${said.detail}`;
      return [{ status: 'skipped', host, user, saw }];
    }
    case 'failing':
      return [
        {
          status: 'problem',
          host,
          user,
          saw: `${host} fails where engines get their tokens from it (${said.status})`,
          why: 'Nothing can be pulled from it until that is over, public images neither; the login is not at fault',
          mend: 'Wait, or tell the administrators of that registry.',
        },
      ];
    case 'refused': {
      const accepted = isStored || unchecked ? '' : ' that its cluster accepts';
      return [
        {
          status: 'problem',
          host,
          user,
          saw: `${host} refuses ${what}${accepted}`,
          ...refusedByRegistry(host, login),
        },
      ];
    }
  }
}
