import type { SettingsReading } from '../hosts/host-facts.ts';
import { AppError, errorOf, type Reason, reasonOf } from '../hosts/reason.ts';
import type { SecretPlace } from '../hosts/secret-store.ts';
import { describeProblem } from './config.ts';
import { type ParsedConfig, parseConfig } from './parse-config.ts';

const LARGEST_CONFIG = 1024 * 1024;

/**
 * Our config as it lies.
 * @param path null: there is no place for one
 * @returns it; or why it can't be read: whatever it says of a host can't be known
 */
export async function readConfig(
  path: string | null,
  read: (path: string, limit: number) => Promise<string | undefined>,
): Promise<ParsedConfig | AppError> {
  if (path === null) return parseConfig('', '');
  try {
    return parseConfig((await read(path, LARGEST_CONFIG)) ?? '', path);
  } catch (error) {
    // Out of reach.
    if (!(error instanceof AppError)) throw error;
    return errorOf({ ...reasonOf(error), code: 'config-broken' });
  }
}

/** What the config says of one registry host, and what is wrong with it there and elsewhere. */
export function settingsOf(host: string, parsed: ParsedConfig | AppError): SettingsReading {
  if (parsed instanceof AppError) return { settings: undefined, problem: reasonOf(parsed) };
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
 * @throws AppError: a config that can't be understood may want a file, or the keychain, and neither is chosen
 */
export function secretPlaceIn(parsed: ParsedConfig | AppError): SecretPlace {
  const unkept = ({ code, why, fix }: Reason) =>
    errorOf({ code, why: `The login was not kept: ${why}`, fix });
  if (parsed instanceof AppError) throw unkept(reasonOf(parsed));
  const problem = parsed.problems.find(({ key }) => parsed.unreadable || key === 'secrets');
  if (problem !== undefined) throw unkept(broken(describeProblem(problem)));
  return parsed.config.secrets ?? 'keychain';
}
