import { knownTokens } from '../files/answers.ts';
import { cacheDirectory, type Place } from '../files/directories.ts';
import { namesIn } from '../files/read-regular-file.ts';
import { fingerprintOf } from '../files/sign-outs.ts';
import { jwtEndMs, readJwt } from '../hosts/jwt.ts';
import { AppError } from '../hosts/reason.ts';
import type { EngineEnvironment } from './config-files/engine-files.ts';
import { entriesOf, fieldsCalled, membersOf, parseJsonObject } from './config-files/json-fields.ts';
import { type FactsOf, loginAsMeant } from './config-files/login-in-entry.ts';
import type { EngineState, EngineVersions, SecretFacts, StoredLogin } from './engine-state.ts';
import { loginsIn, readAuthFiles } from './lookup/read-auth-files.ts';
import { readRegistriesConf } from './lookup/registries-conf.ts';

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
    const fingerprint = fingerprintOf(secret);
    const about = known.find((token) => token.fingerprint === fingerprint);
    const endsAtMs = jwtEndMs(secret) ?? about?.expiresAtMs ?? undefined;
    const kind = readJwt(secret) !== undefined ? 'jwt' : secret.startsWith('sha256~') ? 'oauth' : 'other';
    const isOver = endsAtMs !== undefined && endsAtMs <= nowMs();
    const { flaw } = loginAsMeant({ secret });
    if (flaw !== undefined) return { kind, endsAtMs, dead: true, flaw };
    return { kind, endsAtMs, dead: isOver || about?.revoked === true };
  };
}

/** The variable's name, by which lookups tell where they found a login. */
export const DOCKER_AUTH_CONFIG = 'DOCKER_AUTH_CONFIG';

/**
 * The logins of `DOCKER_AUTH_CONFIG`, which docker 28.3 and later take before all files and helpers.
 * @returns undefined: it is not set; `broken`: docker can't read it, or finds in it what it does not want there (a field
 *   besides `auths`, one besides `auth` in an entry, an entry without), and drops the whole of it
 */
export function dockerAuthConfigLogins(
  { env }: Pick<EngineEnvironment, 'env'>,
  factsOf: FactsOf,
): readonly StoredLogin[] | 'broken' | undefined {
  const text = env[DOCKER_AUTH_CONFIG] ?? '';
  if (text === '') return undefined;
  try {
    const logins = loginsIn(text, DOCKER_AUTH_CONFIG, factsOf);
    return isAsWanted(text) && logins.every(({ isBroken }) => !isBroken) ? logins : 'broken';
  } catch (error) {
    // What is no JSON is told by the check that looks at the variable.
    if (error instanceof AppError) return 'broken';
    throw error;
  }
}

/** Seen with docker 28.5.2 and 29.7.2: nothing but `{"auths": {KEY: {"auth": …}}}` is taken. */
function isAsWanted(text: string): boolean {
  const root = parseJsonObject(text, DOCKER_AUTH_CONFIG);
  const auths = fieldsCalled(root, 'auths');
  return (
    auths.length === membersOf(root).length &&
    auths
      .flatMap((field) => entriesOf(field, text, DOCKER_AUTH_CONFIG))
      .every(({ value }) => {
        const fields = membersOf(value);
        return fields.length > 0 && fields.every((field) => /^auth$/i.test(field.name) && field.value.value);
      })
  );
}

/**
 * Whoever signs out of a host can't take a variable from the shell that they work in. Other tools than docker take what
 * docker drops.
 * @throws AppError `login-in-variable` where one holds a login of the host
 */
export function refuseLoginInVariable({ env }: Pick<EngineEnvironment, 'env'>, host: string): void {
  const text = env[DOCKER_AUTH_CONFIG] ?? '';
  if (!loginsLeftIn(text).some((login) => login.host === host && login.secret !== undefined)) return;
  throw new AppError({
    code: 'login-in-variable',
    message: `${DOCKER_AUTH_CONFIG} holds a login for it, which docker 28.3 and later take before all files and helpers`,
    fix: { run: `unset ${DOCKER_AUTH_CONFIG}` },
  });
}

function loginsLeftIn(text: string): readonly StoredLogin[] {
  try {
    return loginsIn(text, DOCKER_AUTH_CONFIG, () => ({ kind: 'other', endsAtMs: undefined, dead: false }));
  } catch (error) {
    // Not set, or nobody can read it.
    if (error instanceof AppError) return [];
    throw error;
  }
}
