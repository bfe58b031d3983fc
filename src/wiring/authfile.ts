import {
  type FreshLogin,
  freshLogin,
  type TokenWish,
  wishedSettings,
} from '../commands/authfile/fresh-login.ts';
import { runAuthfile } from '../commands/authfile/run-authfile.ts';
import { linkedLogin } from '../commands/setup/find-login-here.ts';
import { inspectAuthFile, writeAuthFile } from '../engines/edits/auth-file.ts';
import { type Place, stateDirectory } from '../files/directories.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { decide } from '../session/facts.ts';
import { createSession, type Session } from '../session/session.ts';

/** How long one host may take: a job waits for it, and no engine. */
const HOST_MS = 20_000;

/** @returns the exit status */
export function authfile(args: string[]): Promise<number> {
  const here = place();
  return runAuthfile(args, {
    ...printer,
    nowMs: Date.now,
    inspect: (path, hosts) => inspectAuthFile(here, path, hosts),
    obtain: (host, wish) => obtain(host, wish, here),
    write: (path, logins) => writeAuthFile(here, stateDirectory(here), path, logins),
  });
}

async function obtain(host: string, wish: TokenWish, here: Place): Promise<FreshLogin> {
  const found = createSession(here, { withinMs: HOST_MS, eager: true, byHand: true });
  const { context } = wish;
  const login = context === undefined ? undefined : await linkedLogin(host, context, found);
  const reading = wishedSettings(await found.readSettings(host), login, wish);
  const session: Session = {
    ...found,
    // What a person typed lies in a keychain, and is not copied from there into a file.
    secrets: { ...found.secrets, find: () => undefined },
    readSettings: async (name) => (name === host ? reading : found.readSettings(name)),
  };
  // Decided as for `get`; not kept: the next `get` is answered with what the config says, and not with this wish.
  return freshLogin(host, await decide(host, session), reading.settings, (identity, username, token) =>
    session.access.probeRegistry(host, identity, username, token),
  );
}
