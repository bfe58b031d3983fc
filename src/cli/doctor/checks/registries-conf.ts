import { FILES_AS_HELPER, OUR_HELPER } from '../../../credential/helper-names.ts';
import { shownName } from '../../../credential/quoting.ts';
import type { CheckContext } from '../check.ts';
import type { EngineState } from '../engine-state.ts';
import type { Finding } from '../finding.ts';

export interface RegistriesConfCheckPorts {
  engineState(): Promise<EngineState>;
  isOnPath(helper: string): boolean;
}

/** podman's registries.conf and its drop-ins: whom it asks for every registry. */
export async function registriesConf(
  { engineState, isOnPath }: RegistriesConfCheckPorts,
  { engines }: Pick<CheckContext, 'engines'>,
): Promise<readonly Finding[]> {
  if (!engines.includes('podman')) return [];
  const { helpers, path, overridden } = (await engineState()).registriesConf;
  const found: Finding[] = [];
  for (const file of overridden) {
    if (!file.helpers.includes(OUR_HELPER) || helpers.includes(OUR_HELPER)) continue;
    found.push({
      status: 'warning',
      saw: `${file.path} names the helper for every registry, and ${path} switches that off`,
      why: 'Of all files with credential-helpers, podman takes the last one by name, as a whole',
      mend: `Name the helper in ${path} too, or take credential-helpers out of it.`,
    });
  }
  if (path === undefined) return found;
  for (const helper of helpers) {
    if (helper === FILES_AS_HELPER || isOnPath(helper)) continue;
    found.push({
      status: 'problem',
      saw: `${path} names the helper ${shownName(helper)}, and docker-credential-${helper} is not on the PATH`,
      why: 'podman fails every pull for which nothing else gives it a login, of public images, too',
      mend: `Install docker-credential-${helper}, or take it out of credential-helpers in ${path}.`,
    });
  }
  const list = helpers.map((helper) => `"${helper}"`).join(', ');
  if (!helpers.includes(FILES_AS_HELPER)) {
    found.push({
      status: 'warning',
      saw: `${path} has credential-helpers = [${list}], without "${FILES_AS_HELPER}"`,
      why: 'podman then reads none of its files, neither logins nor credHelpers',
      mend: `Add "${FILES_AS_HELPER}" as the last one.`,
    });
  } else if (helpers.includes(OUR_HELPER)) {
    found.push({
      status: 'note',
      saw: `podman asks the helper for every registry (${path})`,
      why: 'Where the helper has no credential, podman goes on to stored logins',
    });
  } else if (helpers.length > 1) {
    const why = 'podman asks them, in that order, for every registry';
    found.push({ status: 'note', saw: `${path} has credential-helpers = [${list}]`, why });
  }
  return found;
}
