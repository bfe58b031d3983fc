import { closestName } from '../../config/closest-name.ts';
import { engineLogins } from '../../hosts/login-command.ts';
import { AppError, type Fix, inOneLine, oneLine, type Reason, reasonOf } from '../../hosts/reason.ts';
import { resolveHost } from '../../hosts/resolve-host.ts';
import type { Printer, Terminal } from '../../process/terminal.ts';
import { parseHosts, parseWords, runAsCommand } from '../parse-words.ts';
import { LOGOUT } from './declaration.ts';
import {
  type RevocableLogin,
  revokeQuestion,
  revokeResult,
  type UnrevokedLogin,
} from './revocable-logins.ts';

export interface LogoutPorts extends Printer {
  readonly terminal: Pick<Terminal, 'isInteractive' | 'confirm'>;
  /** Every registry host that this program knows of. */
  knownHosts(): Promise<readonly string[]>;
  /** Whether the host may get a login, now or later, which there is to sign out of. */
  mayGetLogin(host: string): Promise<boolean>;
  /** The logins that the host gets, or may get; asks clusters whether one that was typed is still good. */
  revocable(host: string): Promise<readonly (RevocableLogin | UnrevokedLogin)[]>;
  /** Signs the host out until it is signed in again. @throws AppError if that can't be kept */
  signOut(host: string): Promise<void>;
  /**
   * The places where a login of a host may lie. Each drops what it has and says so, a sentence for each. What could not
   * be dropped it names by `sayFault`, or by what it throws.
   * @throws AppError
   */
  readonly places: readonly ((
    host: string,
    say: (sentence: string) => void,
    sayFault: (error: AppError) => void,
  ) => Promise<void>)[];
  /** The command that signs a host in again. */
  signInFix(host: string): Promise<Fix | undefined>;
}

interface Parsed {
  readonly hosts: readonly string[];
  readonly revoke: boolean;
  readonly yes: boolean;
}

/**
 * `logout HOST… [--revoke] [--yes]`: drops every login of the hosts, wherever `podman logout` and `docker logout` leave
 * one, and lets none be had until the host is signed in again.
 * @returns the exit status: 0, 1 if something was left (said on stderr), 2 for a wrong command line
 */
export function runLogout(args: readonly string[], ports: LogoutPorts): Promise<number> {
  return runAsCommand(LOGOUT, parse(args), ports, (parsed) => logOut(parsed, ports));
}

async function logOut({ hosts, revoke, yes }: Parsed, ports: LogoutPorts): Promise<number> {
  const faults: Reason[] = [];
  if (!yes && !(await areMeant(hosts, ports))) {
    ports.printError('Nothing was changed.');
    return 1;
  }
  // Before anything is dropped: what is dropped may be what the cluster has to be asked with.
  if (revoke && !(await endLogins(hosts, yes, faults, ports))) {
    ports.printError('Nothing was changed.');
    return 1;
  }
  for (const host of hosts) await signOutOf(host, faults, ports);
  // A file that several places look into is broken for each of them.
  for (const fault of new Set(faults.map((reason) => inOneLine([reason])))) ports.printError(fault);
  return faults.length === 0 ? 0 : 1;
}

/** @returns whether only the word of a cluster can say whose registry the host is */
export function isByClaim(host: string): boolean {
  return resolveHost(host, { nowMs: 0, settings: { settings: undefined } }).binding?.kind === 'by-claim';
}

/** A host that nothing is known of is mostly a slip of the keyboard: where somebody can be asked, it is asked about. */
async function areMeant(hosts: readonly string[], { terminal, knownHosts }: LogoutPorts): Promise<boolean> {
  if (!terminal.isInteractive) return true;
  const known = await knownHosts();
  const unknown = hosts.filter((host) => !known.includes(host) && isByClaim(host));
  if (unknown.length === 0) return true;
  const meant = unknown.flatMap((host) => closestName(host, known) ?? []);
  const instead = meant.length === 0 ? '' : ` Did you mean ${meant.join(' and ')}?`;
  return terminal.confirm(
    `Nothing is known here of ${unknown.join(' and ')}.${instead} Sign out all the same?`,
  );
}

/** @returns false if the person would rather not */
async function endLogins(
  hosts: readonly string[],
  yes: boolean,
  faults: Reason[],
  ports: LogoutPorts,
): Promise<boolean> {
  const logins = new Map<string, RevocableLogin>();
  const left: Reason[] = [];
  for (const host of hosts) {
    for (const login of await ports.revocable(host)) {
      if (login.kind === 'possible') logins.set(login.fingerprint, login);
      else if (login.kind === 'left') left.push(login.reason);
      else faults.push(login.reason);
    }
  }
  if (logins.size > 0 && !yes && !(await isMeant([...logins.values()], hosts, ports))) return false;
  for (const login of logins.values()) {
    const { reason, isOver } = revokeResult(login, await login.revoke());
    if (isOver) ports.print(inOneLine([reason]));
    else faults.push(reason);
  }
  for (const reason of left) ports.print(inOneLine([reason]));
  return true;
}

async function isMeant(
  logins: readonly RevocableLogin[],
  hosts: readonly string[],
  { terminal }: LogoutPorts,
): Promise<boolean> {
  if (terminal.isInteractive) return terminal.confirm(revokeQuestion(logins));
  throw new AppError({
    code: 'needs-yes',
    message: "Revoking a login can't be undone, and there is no terminal to ask at; nothing was changed",
    fix: { run: `docker-credential-openshift logout ${hosts.join(' ')} --revoke --yes` },
  });
}

async function signOutOf(host: string, faults: Reason[], ports: LogoutPorts): Promise<void> {
  const mayGetLogin = await ports.mayGetLogin(host);
  const signOut = () => attempt(host, faults, () => ports.signOut(host));
  // First: what is dropped next should not be had anew meanwhile.
  const isSignedOut = mayGetLogin && (await signOut());
  const dropped: string[] = [];
  const faultsBefore = faults.length;
  const say = (sentence: string) => void dropped.push(sentence);
  const sayFault = (error: AppError) => void faults.push(faultOf(host, error));
  for (const place of ports.places) await attempt(host, faults, () => place(host, say, sayFault));
  // A slip of the keyboard would stand in `status` from now on.
  const isNothing = !mayGetLogin && dropped.length === 0 && faults.length === faultsBefore;
  if (isNothing) ports.print(`${host}: there is no login of it here to sign out of.`);
  else if (isSignedOut || (!mayGetLogin && (await signOut()))) {
    const fix = await ports.signInFix(host);
    // Where an engine's login is what signs in, two of them may be meant.
    const how = fix !== undefined && 'run' in fix ? `, run: ${fix.run}` : `: ${engineLogins(host)}`;
    ports.print(oneLine(`${host}: signed out. To sign in again${how}`));
  }
  for (const sentence of dropped) ports.print(`  ${sentence}`);
}

/** One place that can't be reached keeps no other from being cleared. */
async function attempt(host: string, faults: Reason[], action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    // What a person can fix is told when all else is done; a defect is not told as that.
    if (!(error instanceof AppError)) throw error;
    faults.push(faultOf(host, error));
    return false;
  }
}

function faultOf(host: string, error: AppError): Reason {
  const reason = reasonOf(error);
  return { ...reason, why: `${host}: ${reason.why}` };
}

/** @returns the arguments, or what is wrong with them, in one sentence */
function parse(args: readonly string[]): Parsed | string {
  const words = parseWords(args, LOGOUT);
  if (typeof words === 'string') return words;
  const hosts = parseHosts(words.positionals);
  if (typeof hosts === 'string') return hosts;
  if (hosts.length === 0) return 'Which registry? Name at least one HOST.';
  return { hosts, revoke: words.values.revoke === true, yes: words.values.yes === true };
}
