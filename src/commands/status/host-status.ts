import { announcement, announcementIsDue, nextAnnouncementMs } from '../../hosts/announcement.ts';
import { outlivesMargin } from '../../hosts/answer.ts';
import { endReason, type TokenWords } from '../../hosts/check-token.ts';
import { inOneLine } from '../../hosts/reason.ts';
import { type ReasonAndRemedy, reasonsAndRemedies } from '../../hosts/reasons-and-remedies.ts';
import { renewalState } from '../../hosts/renewal.ts';

/**
 * How a host's token is had anew: `login`: a person logs in; `itself`: it is minted for a service account; `plugin`: by
 * an exec plugin; `file`: a system puts another into its file; `job`: it came in the environment; `stored`: it was typed.
 */
export type RenewalWay = 'login' | 'itself' | 'plugin' | 'file' | 'job' | 'stored';

/** What is known of a host's login, without asking anyone. Times are in ms since the epoch. */
export interface HostFacts {
  readonly host: string;
  /** The cluster as people call it, and its API server's URL. */
  readonly cluster?: string | undefined;
  readonly server?: string | undefined;
  readonly user?: string | undefined;
  readonly renews?: RenewalWay | undefined;
  /** No token goes there: by the config, or because a person signed out. */
  readonly silent?: 'anonymous' | 'signed-out' | undefined;
  /** Null: the token has no end; undefined: it is not known. */
  readonly expiresAtMs?: number | null | undefined;
  readonly lifeMs?: number | undefined;
  /** When the cluster was asked last, and when the token was had. */
  readonly checkedAtMs?: number | undefined;
  readonly renewedAtMs?: number | undefined;
  /** Why there is no good token, or none is wanted: in one sentence, and mostly a command. */
  readonly reason?: string | undefined;
  /** What a person should hear although the host gets a good token: what should have come before it did not. */
  readonly warning?: string | undefined;
  /** How the token is spoken of. */
  readonly words?: TokenWords | undefined;
}

/** `ends-soon`: a person should do something; `ended`, `none`: there is no good token; `unknown`: nobody was asked yet. */
export type HostState = 'good' | 'ends-soon' | 'ended' | 'none' | 'unknown' | 'anonymous' | 'signed-out';

/** Green: nothing to do; amber: soon; red: now. */
export type Urgency = 'green' | 'amber' | 'red';

export interface HostStatus extends Omit<HostFacts, 'reason' | 'warning' | 'words' | 'silent'> {
  readonly state: HostState;
  readonly urgency: Urgency | undefined;
  /** What is wrong, without the command that mends it. */
  readonly problem: string | undefined;
  readonly command: string | undefined;
}

const DOCTOR = 'docker-credential-openshift doctor';

/** What is to be said of a host at this moment. */
export function hostStatus(
  { reason, warning, words, silent, ...facts }: HostFacts,
  nowMs: number,
): HostStatus {
  const told = (
    state: HostState,
    urgency: Urgency | undefined,
    ...texts: (string | undefined)[]
  ): HostStatus => {
    const { problem, command } = parted(texts.filter((text) => text !== undefined));
    // What no one command mends (a line of the config) is explained by one.
    const explains = state === 'none' || state === 'ended' ? `${DOCTOR} ${facts.host}` : undefined;
    return { ...facts, state, urgency, problem, command: command ?? explains };
  };
  const good = (urgency: Urgency): HostStatus =>
    told('good', warning !== undefined && urgency === 'green' ? 'amber' : urgency, warning);
  if (silent !== undefined) return told(silent, undefined, reason);
  if (reason !== undefined) return told('none', 'red', warning, reason);
  const { expiresAtMs, lifeMs, renews } = facts;
  if (expiresAtMs === undefined) {
    const isTold = facts.checkedAtMs !== undefined || renews === 'stored';
    return !isTold ? told('unknown', undefined, warning) : good('green');
  }
  if (expiresAtMs === null) return good('green');
  if (!outlivesMargin(expiresAtMs, nowMs)) {
    const end = words === undefined ? undefined : inOneLine([endReason(words, expiresAtMs, nowMs)]);
    return told('ended', 'red', warning, end);
  }
  // Of what was typed, only what a person has to type anew is spoken of.
  const isPersons = renews === 'login' || (renews === 'stored' && words !== undefined);
  const urgency = urgencyOf(expiresAtMs, lifeMs, isPersons, nowMs);
  if (urgency === 'green' || !isPersons || words === undefined) return good(urgency);
  const isSaid = warning?.includes(`${words.phrase} ends in `) === true;
  return told(
    'ends-soon',
    urgency,
    warning,
    isSaid ? undefined : inOneLine([announcement(words, expiresAtMs, nowMs)]),
  );
}

/**
 * A person's login turns amber when its end is announced first, and red when it is announced last; one that is too short
 * for that, and what renews itself, turns amber when it would be renewed before it is answered.
 */
function urgencyOf(
  expiresAtMs: number,
  lifeMs: number | undefined,
  isPersons: boolean,
  nowMs: number,
): Urgency {
  if (isPersons && announcementIsDue(expiresAtMs, lifeMs, undefined, nowMs)) {
    return nextAnnouncementMs(expiresAtMs, lifeMs, nowMs) === undefined ? 'red' : 'amber';
  }
  if (lifeMs === undefined) return 'green';
  const state = renewalState({ startedAtMs: expiresAtMs - lifeMs, expiresAtMs }, nowMs);
  const isLong = isPersons && nextAnnouncementMs(expiresAtMs, lifeMs, nowMs) !== undefined;
  return state === 'now' && !isLong ? 'amber' : 'green';
}

/** Parts what is to be said from the commands in it; the first of them is the one to begin with. */
function parted(texts: readonly string[]): { problem: string | undefined; command: string | undefined } {
  if (texts.length === 0) return { problem: undefined, command: undefined };
  const things = texts.flatMap(reasonsAndRemedies);
  const command = things.find(isMendedByCommand)?.remedy;
  if (command === undefined) return { problem: texts.join(' '), command };
  const sentences = things.map((thing) => {
    const { reason, remedy } = thing;
    const sentence = /[.!?]$/.test(reason) ? reason : `${reason}.`;
    return remedy === undefined || isMendedByCommand(thing) ? sentence : `${sentence} ${remedy}`;
  });
  return { problem: sentences.join(' '), command };
}

/** Else it is a sentence, with a capital and a full stop. */
function isMendedByCommand({ remedy }: ReasonAndRemedy): boolean {
  return remedy !== undefined && !/^\p{Lu}.*\.$/su.test(remedy);
}
