import { removeLogins } from '../../engines/edits/remove-logins.ts';
import { readRegistriesConf } from '../../engines/lookup/registries-conf.ts';
import { eraseElsewhere, namedHelpers, othersThatMayHold } from '../../engines/other-helpers.ts';
import { refuseLoginInVariable } from '../../engines/read-engine-state.ts';
import { answerFile } from '../../files/answer-file.ts';
import { listRecords } from '../../files/answers.ts';
import { namesIn } from '../../files/read-regular-file.ts';
import { notSignedOut, signOutFile, signOutOfHost } from '../../files/sign-outs.ts';
import { AppError } from '../../hosts/reason.ts';
import type { RunHelper } from '../../process/run-program.ts';
import { isClaimableBy } from '../../registry/claimable-host.ts';
import { namesOfRegistry } from '../../registry/engine-names.ts';
import { forgetAnswer, forgetToken } from '../../session/facts.ts';
import { allHosts } from '../../session/known-hosts.ts';
import type { Session } from '../../session/session.ts';
import { isByClaim, type LogoutPorts } from './run-logout.ts';

/**
 * The places where a login of a host may lie. Each drops what it has, and says so or names what stays.
 * @param run runs another credential helper
 */
export function placesOfLogins(session: Session, run: RunHelper): LogoutPorts['places'] {
  const { here, state } = session;
  return [
    (host, say) => forEachName(host, (name) => dropStored(name, session, say)),
    (host, say) => forEachName(host, (name) => dropAnswer(name, session, say)),
    (host, say) => forEachName(host, (name) => dropKept(name, session, say)),
    (host, say) => removeLogins(here, state, host, say),
    (host, say, sayFault) => eraseInOthers(host, session, run, { say, sayFault }),
    (host) => forEachName(host, async (name) => refuseLoginInVariable(here, name)),
  ];
}

/** What engines ask for by several names, Docker Hub, is signed out of by all. */
async function forEachName(host: string, action: (name: string) => Promise<void>): Promise<void> {
  for (const name of namesOfRegistry(host)) await action(name);
}

/** Whether a host may get a login: something is known of it, or a cluster of the kubeconfig could say that it is its own. */
export async function mayGetLogin(host: string, session: Session): Promise<boolean> {
  if (!isByClaim(host)) return true;
  try {
    if ((await allHosts(session)).hosts.includes(host)) return true;
  } catch (error) {
    // What can't be read may name it.
    if (!(error instanceof AppError)) throw error;
    return true;
  }
  const { all } = (await session.identities()).identities;
  return all.some((identity) => isClaimableBy(host, identity));
}

/** Signs a host out until it is signed in again, by all of its names. @throws AppError if that can't be kept */
export function signOut(host: string, session: Session): Promise<void> {
  return forEachName(host, (name) => signOutOf(name, session));
}

async function signOutOf(host: string, { state, here }: Session): Promise<void> {
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
  // That there was no login for it is no login.
  const isThere = recordsOf(session).some(
    (record) => record.host === host && record.answer.kind !== 'anonymous',
  );
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
  run: RunHelper,
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
  for (const name of names) await attempt(() => eraseElsewhere(host, name, run, say));
}

function recordsOf({ cache, here }: Session) {
  return cache === null ? [] : listRecords(cache, here.uid);
}
