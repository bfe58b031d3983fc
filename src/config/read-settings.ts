import type { SettingsReading } from '../hosts/host-facts.ts';
import { AppError, errorOf, type Reason, reasonOf } from '../hosts/reason.ts';
import type { SecretPlace } from '../hosts/secret-store.ts';
import { describeProblem, secretsKind } from './config.ts';
import { type ParsedConfig, parseConfig } from './parse-config.ts';

const LARGEST_CONFIG = 1024 * 1024;

/** Our config as it lies. */
export interface ConfigFile {
  /** Null: there is no place for one, without a HOME. */
  readonly path: string | null;
  readonly isThere: boolean;
  /** All of it that could be understood. */
  readonly parsed: ParsedConfig;
  /** Why it can't be read: whatever it says of a host can't be known. */
  readonly fault: AppError | undefined;
}

/** Reads our config. A file that can't be read is told by `fault`. */
export async function readConfig(
  path: string | null,
  read: (path: string, limit: number) => Promise<string | undefined>,
): Promise<ConfigFile> {
  try {
    const text = path === null ? undefined : await read(path, LARGEST_CONFIG);
    return {
      path,
      isThere: text !== undefined,
      parsed: parseConfig(text ?? '', path ?? ''),
      fault: undefined,
    };
  } catch (error) {
    // Out of reach.
    if (!(error instanceof AppError)) throw error;
    return { path, isThere: true, parsed: parseConfig('', ''), fault: error };
  }
}

/** What the config says of one registry host, and what is wrong with it there and elsewhere. */
export function settingsOf(host: string, { parsed, fault }: ConfigFile): SettingsReading {
  if (fault !== undefined) return { settings: undefined, problem: outOfReach(fault) };
  const isOwn = (problem: { host?: string }) => parsed.unreadable || problem.host === host;
  const own = parsed.unreadable || parsed.brokenHosts.has(host) ? parsed.problems.find(isOwn) : undefined;
  const elsewhere = parsed.problems.find((problem) => problem.host === undefined);
  return {
    settings: parsed.config.registries.get(host),
    problem: own === undefined ? undefined : broken(describeProblem(own)),
    warning: elsewhere === undefined ? undefined : broken(describeProblem(elsewhere)),
  };
}

/** Why what the config or the environment says can't be relied on. */
export function broken(why: string): Reason {
  return { code: 'config-broken', why };
}

/**
 * Where typed secrets are kept.
 * @param given what the environment says of it, which comes first
 * @throws AppError: a config that can't be understood may want a file, or the keychain, and neither is chosen
 */
export function secretPlaceIn({ parsed, fault }: ConfigFile, given?: string): SecretPlace {
  const unkept = ({ code, why, fix }: Reason) =>
    errorOf({ code, why: `The login was not kept: ${why}`, fix });
  if (given !== undefined) {
    const place = secretsKind.read(given);
    if (place !== undefined) return place;
    throw unkept(
      broken(
        `DOCKER_CREDENTIAL_OPENSHIFT_SECRETS is neither ${secretsKind.expected.replace(' or ', ' nor ')}`,
      ),
    );
  }
  if (fault !== undefined) throw unkept(outOfReach(fault));
  const problem = parsed.problems.find(({ key }) => parsed.unreadable || key === 'secrets');
  if (problem !== undefined) throw unkept(broken(describeProblem(problem)));
  return parsed.config.secrets ?? 'keychain';
}

function outOfReach(fault: AppError): Reason {
  return { ...reasonOf(fault), code: 'config-broken' };
}
