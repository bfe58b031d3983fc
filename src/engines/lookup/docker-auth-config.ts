import { AppError } from '../../hosts/reason.ts';
import type { EngineEnvironment } from '../config-files/engine-files.ts';
import { entriesOf, fieldsCalled } from '../config-files/file-fields.ts';
import { membersOf, parseJsonObject } from '../config-files/json-members.ts';
import type { StoredLogin } from '../engine-state.ts';
import { loginsIn } from './read-auth-files.ts';
import type { FactsOf } from './stored-login.ts';

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
  if (text === '') return [];
  try {
    return loginsIn(text, DOCKER_AUTH_CONFIG, () => ({ kind: 'other', endsAtMs: undefined, dead: false }));
  } catch (error) {
    // Nobody can read it.
    if (error instanceof AppError) return [];
    throw error;
  }
}
