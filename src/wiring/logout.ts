import { mayGetLogin, placesOfLogins, signOut } from '../commands/logout/places.ts';
import { revocableLogins } from '../commands/logout/revocable-logins.ts';
import { type LogoutPorts, runLogout } from '../commands/logout/run-logout.ts';
import { logged } from '../process/log.ts';
import { runOtherHelper } from '../process/run-program.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { terminal } from '../process/this-terminal.ts';
import { resolve } from '../session/facts.ts';
import { allHosts } from '../session/known-hosts.ts';
import { createSession } from '../session/session.ts';

/** @returns the exit status */
export async function logout(args: string[]): Promise<number> {
  const here = place();
  const session = createSession(here, { withinMs: Number.POSITIVE_INFINITY, eager: true, byHand: true });
  const ports: LogoutPorts = {
    ...printer,
    terminal: terminal(here.env),
    knownHosts: async () => (await allHosts(createSession(here))).hosts,
    mayGetLogin: (host) => mayGetLogin(host, createSession(here)),
    revocable: (host) => revocableLogins(host, session),
    signOut: (host) =>
      logged(
        'signed-out',
        { host },
        () => signOut(host, session),
        () => ({ outcome: 'done' }),
      ),
    places: placesOfLogins(session, runOtherHelper),
    signInFix: async (host) =>
      (await resolve(host, session, { mayAsk: false, signedOut: true })).resolution.fix,
  };
  return runLogout(args, ports);
}
