import type { Place } from '../../files/directories.ts';
import { fingerprintOf } from '../../files/sign-outs.ts';
import { announcement, announcementIsDue, endsSoon } from '../../hosts/announcement.ts';
import { durationInWords } from '../../hosts/clock.ts';
import { type Decision, ownerOf } from '../../hosts/decide-answer.ts';
import type { Gathered } from '../../hosts/gather-facts.ts';
import type { Identity } from '../../hosts/identity.ts';
import { tokenWords } from '../../hosts/identity-kinds.ts';
import { AppError, inOneLine, oneLine, type Reason } from '../../hosts/reason.ts';
import { decide, lastRecord, resolve } from '../../session/facts.ts';
import { createSession, type Session } from '../../session/session.ts';
import { bearerOf } from '../../session/tokens.ts';

/** What came of renewing one host's token. */
export type RenewOutcome =
  /**
   * `expiresAtMs`: ms since the epoch; null: it has no known end; `isEndless`: it is known to have none. `warnings`: what
   * the person should hear, of the end of their login, too; `announcement`: the end of a login, where it is told on stderr
   * as well; `isTyped`: it is one that was typed for this host (`docker login`).
   */
  | {
      readonly kind: 'good';
      readonly username: string;
      readonly expiresAtMs: number | null;
      readonly isEndless?: true;
      readonly warnings: readonly Reason[];
      readonly announcement?: Reason | undefined;
      readonly isTyped?: true;
    }
  /** The token ends when it is idle: checking it would keep it alive against the administrator's policy. */
  | { readonly kind: 'left-alone' }
  /** A person signed out of the host by `logout`; the reason names the command that signs in again. */
  | { readonly kind: 'signed-out'; readonly reason: Reason }
  /** `reasons`: why there is none; empty: the host is linked to no cluster. */
  | { readonly kind: 'none'; readonly reasons: readonly Reason[] };

/** What a decision comes to for who renews: the end of what only a person can renew is told each time. */
export function outcomeOf(
  host: string,
  { answer, identity, isPersons, knowledge, stored, warnings = [] }: Decision,
  nowMs: number,
): RenewOutcome {
  if (answer.kind === 'anonymous') return { kind: 'none', reasons: answer.reasons };
  const { expiresAtMs } = answer;
  const good: Extract<RenewOutcome, { kind: 'good' }> = {
    kind: 'good',
    username: ownerOf(answer, { knowledge, stored }),
    expiresAtMs,
    ...(expiresAtMs === null && knowledge?.expiresAtMs === null ? { isEndless: true } : {}),
    ...(stored === undefined ? {} : { isTyped: true }),
    warnings,
  };
  if (isPersons !== true || identity === undefined || knowledge?.endsWhenIdle === true) return good;
  const lifeMs = knowledge?.lifeMs;
  if (expiresAtMs === null || expiresAtMs <= nowMs || !endsSoon(expiresAtMs, lifeMs, nowMs)) return good;
  const ending = announcement(tokenWords(host, identity, undefined), expiresAtMs, nowMs);
  const isSaid = warnings.some(({ code }) => code === ending.code);
  const told = { ...good, warnings: isSaid ? warnings : [...warnings, ending] };
  return announcementIsDue(expiresAtMs, lifeMs, undefined, nowMs) ? { ...told, announcement: ending } : told;
}

/**
 * What came of renewing a host's token, in one line. A plugin's words may be among these: nothing in them drives the
 * terminal.
 */
export function describeRenewal(host: string, outcome: RenewOutcome, nowMs: number): string {
  return oneLine(`${host}: ${describe(host, outcome, nowMs)}`);
}

function describe(host: string, outcome: RenewOutcome, nowMs: number): string {
  switch (outcome.kind) {
    case 'good': {
      const { username, expiresAtMs, isEndless, warnings } = outcome;
      const end =
        expiresAtMs === null
          ? isEndless === true
            ? 'without an end'
            : 'no known end'
          : `ends in ${durationInWords(Math.max(0, expiresAtMs - nowMs))}`;
      return `good, as ${username}, ${end}${warnings.length === 0 ? '' : `. ${inOneLine(warnings)}`}`;
    }
    case 'left-alone':
      return 'left alone: the login ends when it is not used, and a check would be a use';
    case 'signed-out':
      return inOneLine([outcome.reason]);
    case 'none':
      return inOneLine(outcome.reasons.length === 0 ? [notLinked(host)] : outcome.reasons);
  }
}

/** Why a host gets no token that nothing is known of. */
export function notLinked(host: string): Reason {
  return {
    code: 'not-linked',
    why: 'linked to no cluster',
    fix: { run: `docker-credential-openshift setup ${host}` },
  };
}

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
  return outcomeOf(host, decision, session.nowMs());
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
