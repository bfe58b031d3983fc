import type { CheckedHosts } from '../../commands/doctor/check.ts';
import type { Fix } from '../../commands/doctor/finding.ts';
import type { Lookup } from '../../commands/doctor/lookup.ts';
import { winnerInWords } from '../../commands/doctor/winner-in-words.ts';
import { applyEngineEdit, type PlanText, previewEngineEdit } from '../../engines/edits/apply-engine-edit.ts';
import { writerOf } from '../../engines/edits/keep-edit.ts';
import { planEngineEdit } from '../../engines/edits/plan-engine-edit.ts';
import type { EngineState, EngineVersions, RegistriesConf, SecretFacts } from '../../engines/engine-state.ts';
import { rulesOf } from '../../engines/engines.ts';
import { findOnPath } from '../../engines/find-on-path.ts';
import { dockerAuthConfigLogins } from '../../engines/lookup/docker-auth-config.ts';
import type { LookupRequest } from '../../engines/lookup/look-in-files.ts';
import { lookUp as trace } from '../../engines/lookup/look-up.ts';
import { readAuthFiles } from '../../engines/lookup/read-auth-files.ts';
import { readRegistriesConf } from '../../engines/lookup/registries-conf.ts';
import type { Resolution } from '../../engines/lookup/resolve-image.ts';
import type { FactsOf } from '../../engines/lookup/stored-login.ts';
import { cacheDirectory, type Place } from '../../files/directories.ts';
import { fingerprintOf } from '../../files/fingerprint.ts';
import { knownTokens } from '../../files/known-tokens.ts';
import { namesIn } from '../../files/names-in.ts';
import { readJwt } from '../../hosts/jwt.ts';
import { DOCKER_HUB } from '../../registry/docker-hub.ts';
import { hostInKey } from '../../registry/host-in-key.ts';
import type { EngineVersion } from './versions.ts';

/** All that docker and podman find on this machine. */
export async function readEngineState(here: Place, versions: EngineVersions = {}): Promise<EngineState> {
  const factsOf = secretFacts(here);
  const [files, registriesConf] = await Promise.all([
    readAuthFiles(here, factsOf, versions),
    readRegistriesConf(here, namesIn, rulesOf('podman', versions.podman)),
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

/** @returns whether an engine finds `docker-credential-NAME` */
export function helperFinder(here: Place): (helper: string) => boolean {
  const found = new Map<string, boolean>();
  return (helper) => {
    const known = found.get(helper);
    if (known !== undefined) return known;
    const isThere = findOnPath(`docker-credential-${helper}`, here).some(({ isExecutable }) => isExecutable);
    found.set(helper, isThere);
    return isThere;
  };
}

/** @returns how an engine comes by the credentials for an image, and what it sends */
export function lookUp(request: Omit<LookupRequest, 'version'>, { program, version }: EngineVersion): Lookup {
  const { engine } = request;
  const { steps, winner } = trace({ ...request, version });
  return { engine, program, steps, winner, says: winnerInWords(engine, winner) };
}

/** @returns the same for all that an engine tries, of what was typed: with how it came by it before */
export function lookUpAll(
  { engine, places, step, fault }: Resolution,
  found: Omit<LookupRequest, 'version' | 'engine' | 'registry' | 'repository'>,
  version: EngineVersion,
): readonly Lookup[] {
  const before = step === undefined ? [] : [step];
  if (places.length === 0) {
    const winner = { kind: 'error', why: fault ?? 'it knows no registry for it' } as const;
    return [{ engine, program: version.program, steps: before, winner, says: winnerInWords(engine, winner) }];
  }
  return places.map(({ named }) => {
    const repository = named.kind === 'image' ? named.image.repository : undefined;
    const lookup = lookUp({ ...found, engine, registry: named.asked, repository }, version);
    const at = places.length > 1 ? { at: named.asked } : {};
    return { ...lookup, ...at, steps: [...before, ...lookup.steps] };
  });
}

/** @returns what registries.conf says of a registry that it has led to: it does so once */
export function withoutDetours(conf: RegistriesConf): RegistriesConf {
  return { ...conf, tables: conf.tables.map((table) => ({ ...table, location: '', mirrors: [] })) };
}

/**
 * What `--fix` does about one of the engines' files: the helper's own hosts get it, and no stored login of theirs stays,
 * nor one of those that are kept anonymous.
 */
export function fixEngineFile(
  path: string,
  state: Promise<EngineState>,
  checked: Promise<Pick<CheckedHosts, 'ours' | 'anonymous'>>,
  here: Place,
): Fix {
  const plan = async (): Promise<PlanText> => {
    const file = (await state).files.find((one) => one.path === path);
    const logins = file?.logins ?? [];
    const isNamed =
      file?.getsHelper === 'always' || (file?.getsHelper === 'if-there' && file.state === 'read');
    const legacy = file?.legacy === true;
    const { ours, anonymous } = await checked;
    const hosts = spellings(ours, logins);
    const cleared = spellings(anonymous, logins);
    return (text) => planEngineEdit(text, { path, hosts, cleared, addCredHelpers: isNamed, legacy });
  };
  const told = (changes: readonly string[]) => changes.map((change) => `${path}: ${change}`);
  const writer = writerOf(here, 'record');
  return {
    key: path,
    preview: async () => told((await previewEngineEdit(path, await plan(), writer)).changes),
    apply: async () => told(await applyEngineEdit(path, await plan(), writer)),
  };
}

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
