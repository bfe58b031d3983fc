import type { Place } from '../../files/directories.ts';
import { fingerprintOf } from '../../files/sign-outs.ts';
import type { Gathered } from '../../hosts/gather-facts.ts';
import type { Identity } from '../../hosts/identity.ts';
import { AppError } from '../../hosts/reason.ts';
import { decide, lastRecord, resolve } from '../../session/facts.ts';
import { createSession, type Session } from '../../session/session.ts';
import { bearerOf } from '../../session/tokens.ts';
import { outcomeOf, type RenewOutcome } from './renew-outcome.ts';

/** How long one host may take: plugins and clusters are slow at times, and nobody waits. */
const HOST_MS = 20_000;

/**
 * Renews one host's token, as `renew` does.
 * @param byHand a person waits for it
 */
export async function renewHost(host: string, here: Place, byHand: boolean): Promise<RenewOutcome> {
  const session = createSession(here, { withinMs: HOST_MS, eager: true, byHand });
  const gathered = await resolve(host, session, { mayAsk: false, typed: null });
  const [signedOut] = gathered.resolution.reasons;
  if (gathered.resolution.state === 'signed-out' && signedOut !== undefined) {
    return { kind: 'signed-out', reason: signedOut };
  }
  if (await endsWhenIdle(gathered, session)) return { kind: 'left-alone' };
  const decision = await decide(host, session);
  await decision.keep();
  const { settings } = await session.readSettings(host);
  return outcomeOf(host, decision, settings?.serviceAccount !== undefined, session.nowMs());
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
