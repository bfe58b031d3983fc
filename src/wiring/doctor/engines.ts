import type { Repair } from '../../commands/doctor/finding.ts';
import type { CheckedHosts } from '../../commands/doctor/scope.ts';
import {
  applyEngineEdit,
  type PlanText,
  previewEngineEdit,
  writerOf,
} from '../../engines/edits/apply-engine-edit.ts';
import { planEngineEdit } from '../../engines/edits/plan-engine-edit.ts';
import type { EngineState, EngineVersions, SecretFacts } from '../../engines/engine-state.ts';
import { dockerAuthConfigLogins } from '../../engines/lookup/docker-auth-config.ts';
import { readAuthFiles } from '../../engines/lookup/read-auth-files.ts';
import { readRegistriesConf } from '../../engines/lookup/registries-conf.ts';
import type { FactsOf } from '../../engines/lookup/stored-login.ts';
import { cacheDirectory, type Place } from '../../files/directories.ts';
import { fingerprintOf } from '../../files/fingerprint.ts';
import { knownTokens } from '../../files/known-tokens.ts';
import { namesIn } from '../../files/names-in.ts';
import { readJwt } from '../../hosts/jwt.ts';
import { DOCKER_HUB } from '../../registry/docker-hub.ts';
import { hostInKey } from '../../registry/host-in-key.ts';

/** All that docker and podman find on this machine. */
export async function readEngineState(here: Place, versions: EngineVersions = {}): Promise<EngineState> {
  const factsOf = secretFacts(here);
  const [files, registriesConf] = await Promise.all([
    readAuthFiles(here, factsOf, versions),
    readRegistriesConf(here, namesIn, versions),
  ]);
  return { files, registriesConf, versions, dockerAuthConfig: dockerAuthConfigLogins(here, factsOf) };
}

/** What a stored secret tells of itself, and what was learnt of it before. */
export function secretFacts(here: Place): FactsOf {
  const cache = cacheDirectory(here);
  const known = cache === null ? [] : knownTokens(cache, here.uid);
  return (secret): SecretFacts => {
    const jwt = readJwt(secret);
    const fingerprint = fingerprintOf(secret);
    const about = known.find((token) => token.fingerprint === fingerprint);
    const endsAtMs = jwt?.exp === undefined ? (about?.expiresAtMs ?? undefined) : jwt.exp * 1000;
    const kind = jwt !== undefined ? 'jwt' : secret.startsWith('sha256~') ? 'oauth' : 'other';
    const isOver = endsAtMs !== undefined && endsAtMs <= Date.now();
    return { kind, endsAtMs, dead: isOver || about?.revoked === true };
  };
}

/**
 * What `--fix` does about one of the engines' files: the helper's own hosts get it, and no stored login of theirs stays,
 * nor one of those that are kept anonymous. The first changes nothing, the second does it.
 */
export function engineFileRepairs(state: () => Promise<EngineState>, here: Place) {
  const planOf = async ({ file: path }: Repair, { ours, anonymous }: RepairedHosts): Promise<PlanText> => {
    const file = (await state()).files.find((one) => one.path === path);
    const logins = file?.logins ?? [];
    const isNamed =
      file?.getsHelper === 'always' || (file?.getsHelper === 'if-there' && file.state === 'read');
    const legacy = file?.legacy === true;
    const hosts = spellings(ours, logins);
    const cleared = spellings(anonymous, logins);
    return (text) => planEngineEdit(text, { path, hosts, cleared, addCredHelpers: isNamed, legacy });
  };
  const told = (path: string, changes: readonly string[]) => changes.map((change) => `${path}: ${change}`);
  const writer = writerOf(here, 'record');
  return {
    previewRepair: async (repair: Repair, hosts: RepairedHosts) =>
      told(repair.file, (await previewEngineEdit(repair.file, await planOf(repair, hosts), writer)).changes),
    applyRepair: async (repair: Repair, hosts: RepairedHosts) =>
      told(repair.file, await applyEngineEdit(repair.file, await planOf(repair, hosts), writer)),
  };
}

type RepairedHosts = Pick<CheckedHosts, 'ours' | 'anonymous'>;

/** The hosts, and the other spellings that logins are stored under: engines compare letter by letter. */
function spellings(
  hosts: readonly string[],
  logins: EngineState['files'][number]['logins'],
): readonly string[] {
  const spelled = logins
    .filter(({ host }) => host !== undefined && hosts.includes(host))
    .map(({ key }) => hostInKey(key));
  // Docker Hub is no cluster's, and each engine has another key for it.
  return [...new Set([...hosts, ...spelled])].filter((host) => host !== DOCKER_HUB);
}
