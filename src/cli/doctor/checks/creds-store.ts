import { shownName } from '../../../credential/quoting.ts';
import type { CheckContext } from '../check.ts';
import { type AuthFile, type EngineState, filesOf } from '../engine-state.ts';
import type { Finding } from '../finding.ts';

export interface CredsStorePorts {
  engineState(): Promise<EngineState>;
  isOnPath(helper: string): boolean;
}

/** docker's `credsStore`: what it hides, and whether its program is there. */
export async function credsStore(
  { engineState, isOnPath }: CredsStorePorts,
  { engines }: Pick<CheckContext, 'engines'>,
): Promise<readonly Finding[]> {
  const state = await engineState();
  return filesOf('docker', state).flatMap((file) =>
    file.credsStore === undefined || !engines.includes('docker')
      ? []
      : [
          ...missingProgram(file, file.credsStore, isOnPath),
          ...hidden(file, file.credsStore),
          told(file, file.credsStore),
        ],
  );
}

function missingProgram({ path }: AuthFile, store: string, isOnPath: CredsStorePorts['isOnPath']): Finding[] {
  if (isOnPath(store)) return [];
  return [
    {
      status: 'warning',
      saw: `${path} has the credsStore ${shownName(store)}, and docker-credential-${store} is not on the PATH`,
      why: 'docker finds no stored login at all, up to version 28 without a word, and from 29 on it fails; hosts under credHelpers are not touched by it',
      mend: `Install docker-credential-${store}, or take credsStore out of ${path}.`,
    },
  ];
}

function hidden({ path, logins, helpers }: AuthFile, store: string): Finding[] {
  return logins
    .filter(({ key, secret }) => secret !== undefined && !helpers.some((named) => named.key === key))
    .map(({ key, host }) => ({
      status: 'warning',
      host,
      saw: `${path} holds a login for ${shownName(key)} that docker does not see`,
      why: `Its credsStore ${shownName(store)} hides all logins of the file from docker; podman, which never reads credsStore, does send it`,
      mend: `docker login ${host ?? key}`,
    }));
}

function told({ path }: AuthFile, store: string): Finding {
  const isDesktops = store.startsWith('desktop');
  return {
    status: 'note',
    saw: `${path} has the credsStore ${shownName(store)}`,
    why: `docker asks it for every host that credHelpers does not name${
      isDesktops ? '; Docker Desktop puts it back when it starts, and leaves credHelpers as it is' : ''
    }`,
  };
}
