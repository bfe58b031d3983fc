import { type AuthFile, type EngineState, filesOf } from '../../../engines/engine-state.ts';
import { shownName } from '../../../hosts/quoting.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';

export interface CredsStorePorts {
  engineState(): Promise<EngineState>;
  isOnPath(helper: string): boolean;
}

/** docker's `credsStore`: what it hides, and whether its program is there. */
export async function credsStore(
  { engineState, isOnPath }: CredsStorePorts,
  { engines, ours }: Pick<CheckContext, 'engines' | 'ours'>,
): Promise<readonly Finding[]> {
  const state = await engineState();
  return filesOf('docker', state).flatMap((file) =>
    file.credsStore === undefined || !engines.includes('docker')
      ? []
      : [aboutProgram(file, file.credsStore, isOnPath), ...hidden(file, file.credsStore, ours)],
  );
}

function aboutProgram({ path }: AuthFile, store: string, isOnPath: CredsStorePorts['isOnPath']): Finding {
  const saw = `${path} has the credsStore ${shownName(store)}`;
  if (!isOnPath(store)) {
    return {
      status: 'warning',
      saw: `${saw}, and docker-credential-${store} is not on the PATH`,
      why: 'docker finds no stored login of any host but those under credHelpers: up to version 28 without a word, and from 29 on it fails',
      mend: `Install docker-credential-${store}, or take credsStore out of ${path}.`,
    };
  }
  const after = store.startsWith('desktop')
    ? '; Docker Desktop puts it back when it starts, and leaves credHelpers as it is'
    : '';
  return { status: 'note', saw, why: `docker asks it for every host that credHelpers does not name${after}` };
}

/** Logins that docker does not see; what has ended, or is for our own hosts, is told elsewhere. */
function hidden({ path, logins, helpers }: AuthFile, store: string, ours: readonly string[]): Finding[] {
  return logins
    .filter(({ host, secret }) => secret?.dead === false && (host === undefined || !ours.includes(host)))
    .filter(({ key }) => !helpers.some((named) => named.key === key))
    .map(({ key, host }) => ({
      status: 'warning',
      host,
      saw: `${path} holds a login for ${shownName(key)} that docker does not see`,
      why: `Its credsStore ${shownName(store)} hides all logins of the file from docker; podman, which never reads credsStore, does send it`,
      mend: `docker login ${host ?? key}`,
    }));
}
