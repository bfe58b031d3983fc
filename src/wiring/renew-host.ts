import type { RenewOutcome } from '../commands/renew/run-renew.ts';
import type { Place } from '../files/directories.ts';
import { fingerprintOf } from '../files/sign-outs.ts';
import { endOfLogin } from '../hosts/announcement.ts';
import { isPersonsLogin } from '../hosts/answer-with-token.ts';
import type { Decision } from '../hosts/decide-answer.ts';
import type { Gathered } from '../hosts/gather-facts.ts';
import type { Identity } from '../hosts/identity.ts';
import { AppError, type Reason } from '../hosts/reason.ts';
import { tokenWords } from '../hosts/token-words.ts';
import { bearerOf } from './clusters-word.ts';
import { decide } from './decide.ts';
import { lastRecord, resolve } from './resolve.ts';
import { createSession, type Session } from './session.ts';

/** How long one host may take: plugins and clusters are slow at times, and nobody waits. */
const HOST_MS = 20_000;

/**
 * Renews one host's token, as `renew` does.
 * @param byHand a person waits for it
 */
export async function renewHost(host: string, here: Place, byHand: boolean): Promise<RenewOutcome> {
  const session = createSession(here, performance.now() + HOST_MS, true, byHand);
  const gathered = await resolve(host, session, { mayAsk: false, typed: null });
  const [signedOut] = gathered.resolution.reasons;
  if (gathered.resolution.state === 'signed-out' && signedOut !== undefined) {
    return { kind: 'signed-out', reason: signedOut };
  }
  if (await endsWhenIdle(gathered, session)) return { kind: 'left-alone' };
  const decision = await decide(host, session);
  await decision.keep();
  const { answer } = decision;
  if (answer.kind === 'anonymous') return { kind: 'none', reasons: answer.reasons };
  const { username, expiresAtMs } = answer;
  const { settings } = await session.readSettings(host);
  return {
    kind: 'good',
    username,
    expiresAtMs,
    ...(expiresAtMs === null && decision.knowledge?.expiresAtMs === null ? { isEndless: true } : {}),
    ...(decision.stored === undefined ? {} : { isTyped: true }),
    ...spokenOf(host, decision, expiresAtMs, settings?.serviceAccount !== undefined),
  };
}

/** `warnings` and `announcement` of an outcome: the end of what only a person can renew is told each time. */
function spokenOf(
  host: string,
  { identity, knowledge, warnings = [] }: Decision,
  expiresAtMs: number | null,
  isMinted: boolean,
): { warnings: readonly Reason[]; announcement?: Reason } {
  const isPersons =
    identity !== undefined && isPersonsLogin(identity) && (!isMinted || identity.isStored === true);
  if (!isPersons || expiresAtMs === null || knowledge?.endsWhenIdle === true) return { warnings };
  const words = tokenWords(host, identity, undefined);
  const { endsSoon, isUrgent } = endOfLogin(words, expiresAtMs, knowledge?.lifeMs, Date.now());
  if (endsSoon === undefined) return { warnings };
  const isSaid = warnings.some(({ code }) => code === endsSoon.code);
  const said = isSaid ? warnings : [...warnings, endsSoon];
  return isUrgent ? { warnings: said, announcement: endsSoon } : { warnings: said };
}

/** Whether the host's token, as far as can be told without using it, is the one that was seen to end when idle. */
async function endsWhenIdle({ resolution, facts }: Gathered, session: Session): Promise<boolean> {
  const { host, own, binding } = resolution;
  const known = lastRecord(host, session)?.token;
  if (known?.endsWhenIdle !== true) return false;
  if ((await fingerprintOfStored(host, session)) === known.fingerprint) return true;
  if (facts.settings.settings?.serviceAccount !== undefined) return false;
  const isOpen = binding !== undefined && !['anonymous', 'closed', 'foreign'].includes(binding.kind);
  // Where nobody answers for the host now, whoever still has the token is left alone.
  const holders = own === undefined ? (isOpen ? (facts.identities?.all ?? []) : []) : [own.identity];
  for (const identity of holders) {
    if ((await fingerprintAtHand(identity, session)) === known.fingerprint) return true;
  }
  return false;
}

async function fingerprintOfStored(host: string, { secrets }: Session): Promise<string | undefined> {
  const stored = secrets.find(host);
  const reading = stored === undefined ? undefined : await secrets.read(stored);
  return reading !== undefined && 'secret' in reading ? fingerprintOf(reading.secret) : undefined;
}

async function fingerprintAtHand(identity: Identity, session: Session): Promise<string | undefined> {
  const { source } = identity;
  if (source.kind === 'none') return undefined;
  try {
    const token = source.kind === 'token' ? source.token : await bearerOf(identity, session);
    return token === undefined ? undefined : fingerprintOf(token);
  } catch (error) {
    // No token can be had: the renewal that follows tells why.
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}
