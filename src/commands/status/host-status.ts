import { announcement, announcementIsDue, endsSoon, nextAnnouncementMs } from '../../hosts/announcement.ts';
import { outlivesMargin } from '../../hosts/answer.ts';
import { endReason, type TokenWords } from '../../hosts/check-token.ts';
import type { OwnChoice } from '../../hosts/choose-identity.ts';
import type { Identity } from '../../hosts/identity.ts';
import { kindOf, type RenewalWay } from '../../hosts/identity-kinds.ts';
import { inLines, type Reason } from '../../hosts/reason.ts';
import { renewalState } from '../../hosts/renewal.ts';
import type { Resolution } from '../../hosts/resolve-host.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import { notLinked } from '../renew/renew-outcome.ts';

/** What is known of a host's login, without asking anyone. Times are in ms since the epoch. */
export interface HostLogin {
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
  readonly isEndAssumed?: true | undefined;
  readonly lifeMs?: number | undefined;
  /** When the cluster was asked last, and when the token was had. */
  readonly checkedAtMs?: number | undefined;
  readonly renewedAtMs?: number | undefined;
  /** Why there is no good token, or none is wanted; undefined: there may be one. */
  readonly reasons?: readonly Reason[] | undefined;
  /** What a person should hear although the host gets a good token: what should have come before it did not. */
  readonly warnings?: readonly Reason[] | undefined;
  /** How the token is spoken of. */
  readonly words?: TokenWords | undefined;
}

/** `ends-soon`: a person should do something; `ended`, `none`: there is no good token; `unknown`: nobody was asked yet. */
export type HostState = 'good' | 'ends-soon' | 'ended' | 'none' | 'unknown' | 'anonymous' | 'signed-out';

/** Green: nothing to do; amber: soon; red: now. */
export type Urgency = 'green' | 'amber' | 'red';

export interface HostStatus extends Omit<HostLogin, 'reasons' | 'warnings' | 'words' | 'silent'> {
  readonly state: HostState;
  readonly urgency: Urgency | undefined;
  /** What is to be said of it. */
  readonly reasons: readonly Reason[];
  /** The command to begin with. */
  readonly command: string | undefined;
}

/** What is to be said of a host at this moment. */
export function hostStatus(
  { reasons, warnings = [], words, silent, ...facts }: HostLogin,
  nowMs: number,
): HostStatus {
  const told = (state: HostState, urgency: Urgency | undefined, ...more: readonly Reason[]): HostStatus => {
    const all = [...warnings, ...more];
    const fix = all.find((reason) => reason.fix !== undefined && 'run' in reason.fix)?.fix;
    // What no one command fixes (a line of the config) is explained by one.
    const doctor = `docker-credential-openshift doctor ${facts.host}`;
    const explains = state === 'none' || state === 'ended' ? doctor : undefined;
    const command = fix !== undefined && 'run' in fix ? fix.run : explains;
    return { ...facts, state, urgency, reasons: all, command };
  };
  const good = (urgency: Urgency): HostStatus =>
    told('good', warnings.length > 0 && urgency === 'green' ? 'amber' : urgency);
  if (silent !== undefined) return told(silent, undefined, ...(reasons ?? []));
  if (reasons !== undefined) return told('none', 'red', ...reasons);
  const { expiresAtMs, lifeMs, renews } = facts;
  if (expiresAtMs === undefined) {
    const isTold = facts.checkedAtMs !== undefined || renews === 'stored';
    return isTold ? good('green') : told('unknown', undefined);
  }
  if (expiresAtMs === null) return good('green');
  if (!outlivesMargin(expiresAtMs, nowMs)) {
    return told('ended', 'red', ...(words === undefined ? [] : [endReason(words, expiresAtMs, nowMs)]));
  }
  // Of what was typed, only what a person has to type anew is spoken of.
  const isPersons = renews === 'login' || (renews === 'stored' && words !== undefined);
  const urgency = urgencyOf(expiresAtMs, lifeMs, isPersons, nowMs);
  if (urgency === 'green' || !isPersons || words === undefined) return good(urgency);
  const ending = announcement(words, expiresAtMs, nowMs);
  const isSaid = warnings.some(({ code }) => code === ending.code);
  return told('ends-soon', urgency, ...(isSaid ? [] : [ending]));
}

/**
 * A person's login turns amber when it ends soon, and red when its end is announced last; what renews itself turns amber when it
 * would be renewed before it is answered.
 */
function urgencyOf(
  expiresAtMs: number,
  lifeMs: number | undefined,
  isPersons: boolean,
  nowMs: number,
): Urgency {
  if (isPersons) {
    const isLast =
      announcementIsDue(expiresAtMs, lifeMs, undefined, nowMs) &&
      nextAnnouncementMs(expiresAtMs, lifeMs, nowMs) === undefined;
    if (isLast) return 'red';
    return endsSoon(expiresAtMs, lifeMs, nowMs) ? 'amber' : 'green';
  }
  if (lifeMs === undefined) return 'green';
  return renewalState({ startedAtMs: expiresAtMs - lifeMs, expiresAtMs }, nowMs) === 'now'
    ? 'amber'
    : 'green';
}

/** @returns what is wrong in sentences, without the commands that fix it */
export function problemIn(reasons: readonly Reason[]): string {
  const sentences = inLines(reasons).map(({ why, fix = '' }, index) => {
    const isDone = 'do' in (reasons[index]?.fix ?? {});
    return isDone ? `${why}. ${fix}` : `${why}.`;
  });
  return sentences.join(' ');
}

/** What `status` tells of a host, by its resolution from files alone. */
export function loginOf(resolution: Resolution): HostLogin {
  const { host, state, binding, typed, own, missed, overrides, reasons, token } = resolution;
  const said = reasons.length === 0 ? undefined : reasons;
  if (state === 'anonymous' || (state === 'unknown' && binding?.kind === 'foreign')) {
    return { host, silent: 'anonymous' };
  }
  // What an engine takes in place of the answer is a matter of those that there would be an answer for.
  const overriding = state === 'own' || state === 'typed' ? overrides.map(({ reason }) => reason) : [];
  const life = {
    expiresAtMs: token?.expiresAtMs,
    isEndAssumed: token?.isEndAssumed,
    lifeMs: token?.lifeMs,
    renewedAtMs: token?.renewedAtMs,
    checkedAtMs: token?.checkedAtMs,
    words: token?.words,
  };
  if (typed !== undefined) {
    const server = typed.route?.server ?? typed.login.boundTo;
    const cluster = server === undefined ? undefined : clusterDisplayName(server);
    const whose = { server, cluster, user: typed.login.username, renews: 'stored' } as const;
    return { host, ...whose, ...life, warnings: overriding, reasons: said };
  }
  const who = own === undefined ? { host } : { host, ...whose(own) };
  if (state === 'signed-out') return { ...who, silent: 'signed-out', reasons: said, words: token?.words };
  if (own === undefined) return { host, reasons: said ?? [notLinked(host)] };
  const untold = missed === undefined || missed.kind === 'over' || state !== 'own' ? [] : missed.reasons;
  const user = token?.username === undefined ? {} : { user: token.username };
  return { ...who, ...life, ...user, warnings: [...untold, ...overriding], reasons: said };
}

function whose({ identity, order }: OwnChoice): Partial<HostLogin> {
  return {
    server: identity.server,
    cluster: clusterDisplayName(identity.server),
    user: order === undefined ? nameOf(identity) : `${order.namespace}/${order.name}`,
    renews: kindOf(identity, order).renews,
  };
}

/** `oc login` names user entries `NAME/CLUSTER`. */
function nameOf({ user, source, inCluster }: Identity): string {
  return source.kind === 'token-file' && !inCluster && user === source.path
    ? source.path
    : user.replace(/\/.*$/s, '');
}
