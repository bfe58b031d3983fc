import type { EngineState, RegistriesConf } from '../../../engines/engine-state.ts';
import { FILES_AS_HELPER, OUR_HELPER } from '../../../hosts/helper-names.ts';
import { shellQuoted, shownName } from '../../../hosts/quoting.ts';
import { type RegistryTable, rewritten, tableFor } from '../../../registry/registry-tables.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';

export interface RegistriesConfCheckPorts {
  engineState(): Promise<EngineState>;
  isOnPath(helper: string): boolean;
}

/** podman's registries.conf and its drop-ins: whom it asks for every registry, and which it asks instead of others. */
export async function registriesConf(
  { engineState, isOnPath }: RegistriesConfCheckPorts,
  { engines, hosts }: Pick<CheckContext, 'engines' | 'hosts'>,
): Promise<readonly Finding[]> {
  if (!engines.includes('podman')) return [];
  const { helpers, path, overridden, broken, tables } = (await engineState()).registriesConf;
  const found = [...broken.map(brokenFile), ...hosts.flatMap((host) => elsewhere(host, tables))];
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

function brokenFile({ path, fault }: RegistriesConf['broken'][number]): Finding {
  return {
    status: 'problem',
    saw: fault,
    why: 'podman, buildah and skopeo can read none of their configuration then, and fail every pull',
    mend: `Mend ${path} there, or move it away: mv ${shellQuoted(path)} ${shellQuoted(`${path}.broken`)}`,
  };
}

/** Tables for a host, or for a part of it. */
function elsewhere(host: string, tables: readonly RegistryTable[]): Finding[] {
  const whole = tableFor(host, tables);
  const parts = tables.filter(({ prefix }) => prefix.startsWith(`${host}/`));
  return [...(whole === undefined ? [] : [whole]), ...parts].flatMap((table) => {
    const { path, prefix, location, mirrors } = table;
    const name = table === whole ? host : prefix;
    const asked = rewritten(name, table);
    const last = tableFor(asked, tables);
    if (last?.blocked === true) {
      return {
        status: 'problem' as const,
        host,
        saw: `${last.path} blocks ${last.prefix}`,
        why: `podman, buildah and skopeo refuse to pull from ${name}`,
        mend: `Take "blocked = true" out of the [[registry]] for ${last.prefix} in ${last.path}.`,
      };
    }
    const instead = asked === name ? [] : [`${asked} instead of ${name}`];
    const before = mirrors.length === 0 ? [] : [`${mirrors.join(', ')} before ${name}`];
    if (location === '' || instead.length + before.length === 0) return [];
    return {
      status: 'note' as const,
      host,
      saw: `By ${path}, podman asks ${[...before, ...instead].join(', and ')}`,
      why: 'It looks for a login of the registry that it asks, so that what is bound to another name does not count',
    };
  });
}
