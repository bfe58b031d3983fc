import { cacheDirectory, type Place } from '../files/directories.ts';
import { knownTokens } from '../files/list-answers.ts';
import { namesIn } from '../files/read-regular-file.ts';
import { fingerprintOf } from '../files/sign-outs.ts';
import { readJwt } from '../hosts/jwt.ts';
import type { EngineState, EngineVersions, SecretFacts, StoredLogin } from './engine-state.ts';
import { dockerAuthConfigLogins } from './lookup/docker-auth-config.ts';
import { readAuthFiles } from './lookup/read-auth-files.ts';
import { readRegistriesConf } from './lookup/registries-conf.ts';
import type { FactsOf } from './lookup/stored-login.ts';

/** All that engines find on this machine, and what their logins hold: that is sent where engines send it, and nowhere else. */
export interface EngineReading {
  readonly state: EngineState;
  /** Of a login of this very state. */
  secretOf(login: StoredLogin): string | undefined;
}

/** Reads the engines' files and variables. */
export async function readEngines(
  here: Place,
  nowMs: () => number,
  versions: EngineVersions = {},
): Promise<EngineReading> {
  const secrets = new Map<SecretFacts, string>();
  const tell = secretFacts(here, nowMs);
  const factsOf: FactsOf = (secret) => {
    const facts = tell(secret);
    secrets.set(facts, secret);
    return facts;
  };
  const [files, registriesConf] = await Promise.all([
    readAuthFiles(here, factsOf, versions),
    readRegistriesConf(here, namesIn, versions),
  ]);
  const dockerAuthConfig = dockerAuthConfigLogins(here, factsOf);
  return {
    state: { files, registriesConf, versions, dockerAuthConfig },
    secretOf: ({ secret }) => (secret === undefined ? undefined : secrets.get(secret)),
  };
}

/** What a stored secret tells of itself, and what was learnt of it before. */
function secretFacts(here: Place, nowMs: () => number): FactsOf {
  const cache = cacheDirectory(here);
  const known = cache === null ? [] : knownTokens(cache, here.uid);
  return (secret): SecretFacts => {
    const jwt = readJwt(secret);
    const fingerprint = fingerprintOf(secret);
    const about = known.find((token) => token.fingerprint === fingerprint);
    const endsAtMs = jwt?.exp === undefined ? (about?.expiresAtMs ?? undefined) : jwt.exp * 1000;
    const kind = jwt !== undefined ? 'jwt' : secret.startsWith('sha256~') ? 'oauth' : 'other';
    const isOver = endsAtMs !== undefined && endsAtMs <= nowMs();
    return { kind, endsAtMs, dead: isOver || about?.revoked === true };
  };
}
