import { durationInWords } from '../../hosts/duration-in-words.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import { AppError, describeError } from '../../hosts/reason.ts';
import { parseServiceAccount } from '../../hosts/service-account-order.ts';
import type { Printer } from '../../process/terminal.ts';
import { parseHosts, parseWords } from '../parse-words.ts';
import { runAsCommand } from '../run-as-command.ts';
import { AUTHFILE } from './declaration.ts';
import type { FreshLogin, TokenWish } from './fresh-login.ts';

export interface AuthfilePorts extends Printer {
  nowMs(): number;
  /**
   * Whether the file can hold logins for the hosts.
   * @returns what whoever uses it should know @throws AppError if it can't
   */
  inspect(path: string, hosts: readonly string[]): Promise<readonly string[]>;
  /** @throws AppError: why there is no token that the registry takes */
  obtain(host: string, wish: TokenWish): Promise<FreshLogin>;
  /** @returns what changed, in sentences @throws AppError naming the file, which is then as it was */
  write(path: string, logins: readonly FreshLogin[]): Promise<readonly string[]>;
}

interface Parsed extends TokenWish {
  readonly path: string;
  readonly hosts: readonly string[];
}

/**
 * `authfile --to FILE HOST… [--service-account NAMESPACE/NAME] [--context NAME]`: a standalone auth file with fresh
 * tokens, for tools that know no helpers. All of the hosts get one, or none.
 * @returns the exit status: 0, 1 if nothing was written (said on stderr), 2 for a wrong command line
 */
export function runAuthfile(args: readonly string[], ports: AuthfilePorts): Promise<number> {
  return runAsCommand(AUTHFILE, parse(args), ports, (parsed) => makeFile(parsed, ports));
}

async function makeFile({ path, hosts, ...wish }: Parsed, ports: AuthfilePorts): Promise<number> {
  const warnings = await ports.inspect(path, hosts);
  const logins: FreshLogin[] = [];
  const faults: string[] = [];
  await Promise.all(
    hosts.map(async (host) => {
      try {
        logins.push(await ports.obtain(host, wish));
      } catch (error) {
        // All that is missing is told at once; a defect is not told as that.
        if (!(error instanceof AppError)) throw error;
        faults.push(`${host}: ${describeError(error)}`);
      }
    }),
  );
  if (faults.length > 0) {
    for (const fault of faults.sort()) ports.printError(fault);
    ports.printError(`Nothing was written to ${path}.`);
    return 1;
  }
  logins.sort((one, other) => hosts.indexOf(one.host) - hosts.indexOf(other.host));
  for (const change of await ports.write(path, logins)) ports.print(`${path}: ${change}`);
  for (const login of logins) ports.print(describeLogin(login, ports.nowMs()));
  for (const warning of [...warnings, ...ownLogins(path, logins)]) ports.printError(warning);
  return 0;
}

function describeLogin({ host, user, expiresAtMs, endsWhenIdle }: FreshLogin, nowMs: number): string {
  const idle = expiresAtMs !== null && endsWhenIdle ? ', or until nobody used it for a while' : '';
  return `${host}: as ${nameInSentence(user)}, ${validity(expiresAtMs, nowMs)}${idle}`;
}

/** Until when a token is good. @param expiresAtMs ms since the epoch; null: it has no known end */
export function validity(expiresAtMs: number | null, nowMs: number): string {
  if (expiresAtMs === null) return 'valid without a known end';
  const end = new Date(expiresAtMs).toISOString().replace(/^([^T]*)T(\d\d:\d\d).*$/, '$1 $2 UTC');
  return `valid until ${end} (${durationInWords(Math.max(0, expiresAtMs - nowMs))})`;
}

function ownLogins(path: string, logins: readonly FreshLogin[]): string[] {
  const clusters = new Set(logins.flatMap(({ ownLoginTo }) => ownLoginTo ?? []));
  if (clusters.size === 0) return [];
  return [
    `Warning: whoever reads ${path} can do what you can at ${[...clusters].join(' and ')}. A service account can do less: --service-account NAMESPACE/NAME`,
  ];
}

/** @returns the arguments, or what is wrong with them, in one sentence */
function parse(args: readonly string[]): Parsed | string {
  const words = parseWords(args, AUTHFILE);
  if (typeof words === 'string') return words;
  const { to: path, context, 'service-account': serviceAccount } = words.values;
  if (path === undefined) return 'Which file? Name it with --to FILE.';
  if (path === '-') return 'Tokens are written to a file only, and not printed: name one with --to FILE.';
  if (serviceAccount !== undefined && parseServiceAccount(serviceAccount) === undefined) {
    return '--service-account needs NAMESPACE/NAME.';
  }
  const hosts = parseHosts(words.positionals);
  if (typeof hosts === 'string') return hosts;
  if (hosts.length === 0) return 'Which registry? Name at least one HOST.';
  return { path, hosts, context, serviceAccount };
}
