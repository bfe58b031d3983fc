import { endOfLogin } from '../../hosts/announcement.ts';
import type { Decision } from '../../hosts/decide-answer.ts';
import { durationInWords } from '../../hosts/duration-in-words.ts';
import { kindOf, tokenWords } from '../../hosts/identity-kinds.ts';
import { inOneLine, oneLine, type Reason } from '../../hosts/reason.ts';

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

/**
 * What a decision comes to for who renews: the end of what only a person can renew is told each time.
 * @param isMinted the config wants tokens of a service account
 */
export function outcomeOf(
  host: string,
  { answer, identity, knowledge, stored, warnings = [] }: Decision,
  isMinted: boolean,
  nowMs: number,
): RenewOutcome {
  if (answer.kind === 'anonymous') return { kind: 'none', reasons: answer.reasons };
  const { username, expiresAtMs } = answer;
  const good: Extract<RenewOutcome, { kind: 'good' }> = {
    kind: 'good',
    username,
    expiresAtMs,
    ...(expiresAtMs === null && knowledge?.expiresAtMs === null ? { isEndless: true } : {}),
    ...(stored === undefined ? {} : { isTyped: true }),
    warnings,
  };
  const isPersons =
    identity !== undefined &&
    kindOf(identity, undefined).isPersons(identity) &&
    (!isMinted || identity.isStored === true);
  if (!isPersons || expiresAtMs === null || knowledge?.endsWhenIdle === true) return good;
  const words = tokenWords(host, identity, undefined);
  const { endsSoon, isUrgent } = endOfLogin(words, expiresAtMs, knowledge?.lifeMs, nowMs);
  if (endsSoon === undefined) return good;
  const isSaid = warnings.some(({ code }) => code === endsSoon.code);
  const told = { ...good, warnings: isSaid ? warnings : [...warnings, endsSoon] };
  return isUrgent ? { ...told, announcement: endsSoon } : told;
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
