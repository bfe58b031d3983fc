import type { EngineState, StoredLogin } from '../../../engines/engine-state.ts';
import { shownName } from '../../../hosts/quoting.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';

export interface DockerAuthConfigPorts {
  engineState(): Promise<EngineState>;
  endInWords(login: StoredLogin): string;
  /** Whether the docker that is installed heeds the variable. */
  heedsAuthConfig(): Promise<boolean>;
}

const VARIABLE = 'DOCKER_AUTH_CONFIG';

/** `DOCKER_AUTH_CONFIG`: newer versions of docker take its logins before everything else. */
export async function dockerAuthConfig(
  { engineState, endInWords, heedsAuthConfig }: DockerAuthConfigPorts,
  { engines, ours }: Pick<CheckContext, 'engines' | 'ours'>,
): Promise<readonly Finding[]> {
  const logins = (await engineState()).dockerAuthConfig;
  if (logins === undefined || !engines.includes('docker')) return [];
  if (!(await heedsAuthConfig())) {
    const why =
      'The docker that is installed does not heed it; 28.3 and later take its logins before all else';
    return [{ status: 'note', saw: `${VARIABLE} is set`, why }];
  }
  if (logins === 'broken') {
    const why = 'docker ignores it without a word';
    return [
      { status: 'warning', saw: `${VARIABLE} is not what docker can read`, why, mend: `unset ${VARIABLE}` },
    ];
  }
  const found = logins.flatMap((login) => describe(login, ours, endInWords));
  const why = 'docker 28.3 and later take these logins before all files and helpers';
  return found.length > 0 ? found : [{ status: 'note', saw: `${VARIABLE} is set`, why }];
}

function describe(
  login: StoredLogin,
  ours: readonly string[],
  endInWords: (login: StoredLogin) => string,
): Finding[] {
  const { host, secret, key } = login;
  const isOurs = host !== undefined && ours.includes(host);
  if (secret === undefined || (!isOurs && !secret.dead)) return [];
  const end = endInWords(login);
  return [
    {
      status: 'problem',
      host,
      saw: `${VARIABLE} holds a login for ${shownName(key)}${end === '' ? '' : `, ${end}`}`,
      why: 'docker 28.3 and later take it before all files and helpers',
      mend: `unset ${VARIABLE}`,
    },
  ];
}
