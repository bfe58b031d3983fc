import { type LogoutPorts, runLogout } from '../commands/logout/run-logout.ts';
import { removeLogins } from '../engines/edits/remove-logins.ts';
import { readRegistriesConf } from '../engines/lookup/registries-conf.ts';
import { eraseElsewhere, namedHelpers, othersThatMayHold } from '../engines/other-helpers.ts';
import { refuseLoginInVariable } from '../engines/read-engine-state.ts';
import { answerFile } from '../files/answer-file.ts';
import { listRecords } from '../files/list-answers.ts';
import { namesIn } from '../files/read-regular-file.ts';
import { notSignedOut, signOutFile, signOutOfHost } from '../files/sign-outs.ts';
import type { Gathered } from '../hosts/gather-facts.ts';
import { engineLogins } from '../hosts/login-command.ts';
import { AppError } from '../hosts/reason.ts';
import { runOtherHelper } from '../process/run-program.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { terminal } from '../process/this-terminal.ts';
import { namesOfRegistry } from '../registry/docker-hub.ts';
import { forgetAnswer, forgetToken, resolve } from './host-ports.ts';
import { revocableLogins } from './revocable-logins.ts';
import { createSession, type Session } from './session.ts';
import { allHosts } from './status.ts';

/** @returns the exit status */
export async function logout(args: string[]): Promise<number> {
  const here = place();
  const session = createSession(here, Number.POSITIVE_INFINITY, true, true);
  const ports: LogoutPorts = {
    ...printer,
    terminal: terminal(here.env),
    knownHosts: async () => (await allHosts(here)).hosts,
    revocable: (host) => revocableLogins(host, session),
    signOut: (host) => forEachName(host, (name) => signOut(name, session)),
    places: [
      (host, say) => forEachName(host, (name) => dropStored(name, session, say)),
      (host, say) => forEachName(host, (name) => dropAnswer(name, session, say)),
      (host, say) => forEachName(host, (name) => dropKept(name, session, say)),
      (host, say) => removeLogins(here, session.state, host, say),
      (host, say, sayFault) => eraseInOthers(host, session, { say, sayFault }),
      (host) => forEachName(host, async (name) => refuseLoginInVariable(here, name)),
    ],
    signInCommand: async (host) =>
      signInCommandOf(await resolve(host, session, { mayAsk: false, signedOut: true })),
  };
  return runLogout(args, ports);
}

/** What engines ask for by several names, Docker Hub, is signed out of by all. */
async function forEachName(host: string, action: (name: string) => Promise<void>): Promise<void> {
  for (const name of namesOfRegistry(host)) await action(name);
}

async function signOut(host: string, { state, here }: Session): Promise<void> {
  if (state === null) {
    throw new AppError({
      code: 'not-signed-out',
      message: `You are still signed in to ${host}: without a HOME there is no place to keep that you signed out`,
      fix: { do: 'Set HOME to your home directory, then run this again.' },
    });
  }
  const file = signOutFile(state, host);
  if (!(await signOutOfHost(file, here.uid))) throw await notSignedOut(host, file, here.uid);
}

type Say = (sentence: string) => void;

async function dropAnswer(host: string, session: Session, say: Say): Promise<void> {
  const { cache } = session;
  const isThere = recordsOf(session).some((record) => record.host === host);
  await forgetAnswer(host, session);
  if (isThere && cache !== null) say(`${answerFile(cache, host)}: removed the answer that was kept`);
}

async function dropStored(host: string, { secrets }: Session, say: Say): Promise<void> {
  const where = await secrets.erase(host);
  if (where === undefined) return;
  say(`${where === 'keychain' ? 'the keychain' : 'a private file'}: removed the login that was stored`);
}

async function dropKept(host: string, session: Session, say: Say): Promise<void> {
  const file = await forgetToken(host, session);
  if (file !== undefined) say(`${file}: removed the token that was kept`);
}

/** Other helpers: those that docker's and podman's files name, and those of podman's registries.conf. */
async function eraseInOthers(
  host: string,
  { here }: Session,
  { say, sayFault }: { readonly say: Say; readonly sayFault: (error: AppError) => void },
): Promise<void> {
  const attempt = async (action: () => Promise<unknown>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      // A broken file, or one helper's fault, keeps no other from being asked.
      if (!(error instanceof AppError)) throw error;
      sayFault(error);
    }
  };
  const { helpers } = await readRegistriesConf(here, namesIn);
  const names = new Set(othersThatMayHold(host, { byHost: new Map(), forAll: helpers }));
  await attempt(async () => {
    for (const name of othersThatMayHold(host, await namedHelpers(here))) names.add(name);
  });
  for (const name of names) await attempt(() => eraseElsewhere(host, name, runOtherHelper, say));
}

function recordsOf({ cache, here }: Session) {
  return cache === null ? [] : listRecords(cache, here.uid);
}

/** The command that signs a host in again. */
function signInCommandOf({ resolution: { host, fix } }: Gathered): string {
  return fix !== undefined && 'run' in fix ? fix.run : engineLogins(host);
}
