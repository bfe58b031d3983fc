import { AppError } from '../../hosts/reason.ts';
import type { EngineEnvironment } from '../config-files/engine-files.ts';
import type { StoredLogin } from '../engine-state.ts';
import { loginsIn } from './read-auth-files.ts';
import type { FactsOf } from './stored-login.ts';

/** The variable's name, by which lookups tell where they found a login. */
export const DOCKER_AUTH_CONFIG = 'DOCKER_AUTH_CONFIG';

/**
 * The logins of `DOCKER_AUTH_CONFIG`, which docker 28.3 and later take before all files and helpers.
 * @returns undefined: it is not set; `broken`: docker can't read it and ignores it
 */
export function dockerAuthConfigLogins(
  { env }: Pick<EngineEnvironment, 'env'>,
  factsOf: FactsOf,
): readonly StoredLogin[] | 'broken' | undefined {
  const text = env[DOCKER_AUTH_CONFIG] ?? '';
  if (text === '') return undefined;
  try {
    return loginsIn(text, DOCKER_AUTH_CONFIG, factsOf);
  } catch (error) {
    // What is no JSON is told by the check that looks at the variable.
    if (error instanceof AppError) return 'broken';
    throw error;
  }
}

/**
 * Whoever signs out of a host can't take a variable from the shell that they work in.
 * @throws AppError `login-in-variable` where one holds a login of the host
 */
export function refuseLoginInVariable(environment: Pick<EngineEnvironment, 'env'>, host: string): void {
  const logins = dockerAuthConfigLogins(environment, () => ({
    kind: 'other',
    endsAtMs: undefined,
    dead: false,
  }));
  if (logins === undefined || logins === 'broken') return;
  if (!logins.some((login) => login.host === host && login.secret !== undefined)) return;
  throw new AppError({
    code: 'login-in-variable',
    message: `${DOCKER_AUTH_CONFIG} holds a login for it, which docker 28.3 and later take before all files and helpers`,
    fix: { run: `unset ${DOCKER_AUTH_CONFIG}` },
  });
}
