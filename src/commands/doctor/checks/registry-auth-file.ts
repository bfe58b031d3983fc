import type { EngineState } from '../../../engines/engine-state.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';

export interface RegistryAuthFilePorts {
  engineState(): Promise<EngineState>;
}

/** `REGISTRY_AUTH_FILE`, which names podman's file. */
export async function registryAuthFile(
  { engineState }: RegistryAuthFilePorts,
  { engines }: Pick<CheckContext, 'engines'>,
): Promise<readonly Finding[]> {
  const { files } = await engineState();
  const chosen = files.find((file) => file.chosen);
  if (chosen === undefined || !engines.includes('podman')) return [];
  if (chosen.state === 'absent') {
    return [
      {
        status: 'problem',
        saw: `REGISTRY_AUTH_FILE names ${chosen.path}, and there is no such file`,
        why: 'podman and buildah fail at once, whatever is to be pulled',
        mend: 'unset REGISTRY_AUTH_FILE',
      },
    ];
  }
  return [
    {
      status: 'note',
      saw: `REGISTRY_AUTH_FILE names ${chosen.path}`,
      why: 'podman looks there first, and from version 5 on nowhere else',
    },
  ];
}
