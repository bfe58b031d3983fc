import { type Binding, bindHost, type RegistrySettings } from '../registry/bind-host.ts';
import {
  becauseOf,
  chooseContext,
  chooseIdentity,
  chooseOfOwnAccord,
  closedReason,
  type OwnChoice,
  originOf,
} from './choose-identity.ts';
import type { HostFacts, Override, Question, Refusal } from './host-facts.ts';
import { type Identities, type Identity, serviceAccountOrder } from './identity.ts';
import { type KnownToken, knownToken } from './known-token.ts';
import { LOG_IN, logInAgain } from './login-command.ts';
import type { Fix, Reason } from './reason.ts';
import { resolveTyped, type TypedChoice } from './resolve-typed.ts';
import { ambiguousRoute, routeToServer } from './route-to-server.ts';

/**
 * `typed`: it gets what a person typed for it; `own`: an identity of this machine answers; `signed-out`: a person signed
 * out of it, or with the very token; `anonymous`: the user's config wants no credential sent; `closed`: it is known, and
 * no token can go there; `unknown`: it is no registry of a cluster, as far as is known, and nothing is said of it;
 * `blocked`: something stands in the way.
 */
export type State = 'typed' | 'own' | 'signed-out' | 'anonymous' | 'closed' | 'unknown' | 'blocked';

/** Whose login a registry host gets, by which way, what stands in its way, and what to do next. */
export interface Resolution {
  readonly host: string;
  readonly state: State;
  /** Where the host belongs; undefined: the config is broken there, and nobody can tell. */
  readonly binding: Binding | undefined;
  /** What was typed, and who judges it, where that is what the host gets. */
  readonly typed?: TypedChoice;
  /** Who answers otherwise, and then in the state `signed-out` and `blocked`, too, where somebody would. */
  readonly own?: OwnChoice;
  /** What was typed and is not answered. */
  readonly missed?: Refusal;
  /** Why the host gets nothing; empty: it does, or nothing is to be said of it. */
  readonly reasons: readonly Reason[];
  /** What a person should hear although the host gets a credential. */
  readonly warnings: readonly Reason[];
  /** What is known of its token, if that was looked up. */
  readonly token?: KnownToken;
  readonly overrides: readonly Override[];
  /** What to do next; undefined: nothing. */
  readonly fix: Fix | undefined;
  /** The fact that is missing. With it everything above may be otherwise. */
  readonly asks?: Question;
}

/**
 * Whose login a registry host gets, from where, by which connection, what stands in its way and what to do about it: the
 * one place that decides it. What a person typed for the host comes first, as long as nothing speaks against it; then
 * the identity that the config names, or the current context's, or the only one of the cluster that the host is linked
 * to by the config, the catalogue or the cluster's own word.
 * Pure: `gatherFacts` looks up what a resolution asks for, and calls again.
 * @param host a normalised registry host
 */
export function resolveHost(host: string, facts: HostFacts): Resolution {
  const { settings, problem } = facts.settings;
  if (problem !== undefined) return settled(host, facts, undefined, { state: 'blocked', reasons: [problem] });
  const binding = bindHost(host, settings);
  const by = (part: Part): Resolution => settled(host, facts, binding, part);
  if (binding.kind === 'anonymous') return by({ state: 'anonymous' });

  const typed = facts.signedOut === true ? undefined : resolveTyped(host, binding, facts);
  if (typed !== undefined && 'asks' in typed) return by({ state: 'unknown', asks: typed.asks });
  if (typed !== undefined && 'judge' in typed) return by(lastWord({ state: 'typed', typed }, facts));
  const missed = typed ?? unusableLogin(facts);
  const without = (state: State, ...reasons: Reason[]): Part => ({
    state: missed !== undefined && state === 'unknown' ? 'blocked' : state,
    reasons: [...(missed?.reasons ?? []), ...reasons],
    ...(missed === undefined ? {} : { missed }),
  });
  // Where no cluster is, an engine's login is what signs in again.
  const again = facts.signedOut === true ? { fix: logInAgain(host) } : {};
  if (binding.kind === 'closed') return by({ ...without('closed', closedReason(host, binding)), ...again });
  if (binding.kind === 'foreign') {
    return by({ ...without(facts.signedOut === true ? 'signed-out' : 'unknown'), ...again });
  }

  const own = resolveOwn(host, binding, facts);
  if ('asks' in own) return by({ state: 'unknown', asks: own.asks });
  if (facts.signedOut === true) {
    // Who would be asked about a claim is known, too.
    const isClaims = binding.kind === 'by-claim' && ('identity' in own || own.reason !== null);
    // Neither login nor setup takes the name within a cluster for one of theirs.
    const isKnown = isClaims || (binding.kind !== 'by-claim' && binding.kind !== 'in-cluster');
    const reason = signedOutReason(host, settings, isKnown);
    return by({ state: 'signed-out', reasons: [reason], ...('identity' in own ? { own } : {}) });
  }
  if ('reason' in own) {
    return by(own.reason === null ? without('unknown') : without('blocked', own.reason));
  }
  const { source } = own.identity;
  if (source.kind === 'none' && own.order?.selfRenew !== true) {
    return by({ ...without('blocked', source.reason), own });
  }
  return by(lastWord({ state: 'own', own, ...(missed === undefined ? {} : { missed }) }, facts));
}

type Part = Pick<Resolution, 'state'> &
  Partial<Pick<Resolution, 'typed' | 'own' | 'missed' | 'reasons' | 'asks' | 'fix'>>;

/** What the host was told when it was last asked for, as long as nothing has changed since, is what is known now. */
function lastWord(part: Part, { last }: HostFacts): Part {
  if (last?.answer.kind !== 'anonymous' || last.answer.reasons.length === 0) return part;
  return { ...part, state: 'blocked', reasons: last.answer.reasons };
}

function settled(host: string, facts: HostFacts, binding: Binding | undefined, part: Part): Resolution {
  const token = part.asks === undefined ? knownToken(host, part, facts) : undefined;
  // What is wrong with the very token that it would get now comes before what was said of it last.
  const fault = part.state === 'signed-out' ? undefined : (token?.signedOut ?? token?.fault);
  const state = fault === undefined ? part.state : fault === token?.signedOut ? 'signed-out' : 'blocked';
  const reasons = fault === undefined ? (part.reasons ?? []) : [...(part.missed?.reasons ?? []), fault];
  const { warning } = facts.settings;
  const isAnswered = state === 'typed' || state === 'own';
  const warnings = isAnswered
    ? [...warningsOf(part.missed), ...(warning === undefined ? [] : [warning])]
    : [];
  return {
    ...part,
    host,
    state,
    binding,
    reasons,
    warnings,
    ...(token === undefined ? {} : { token }),
    overrides: facts.overrides ?? [],
    fix: part.fix ?? [...reasons, ...warnings].find((reason) => reason.fix !== undefined)?.fix,
  };
}

/** Of what was typed and is over nothing is said where something else is as good. */
export function warningsOf(missed: Refusal | undefined): readonly Reason[] {
  return missed === undefined || missed.kind === 'over' ? [] : missed.reasons;
}

function unusableLogin({ unusable, signedOut }: HostFacts): Refusal | undefined {
  if (unusable === undefined || signedOut === true) return undefined;
  return { kind: 'out-of-reach', reasons: [unusable] };
}

type Choice = OwnChoice | { readonly reason: Reason | null } | { readonly asks: Question };

/** Who answers for a host of those at hand; `reason: null` where nothing is said, since the host is not ours to speak of. */
function resolveOwn(
  host: string,
  binding: Exclude<Binding, { kind: 'anonymous' | 'foreign' | 'closed' }>,
  facts: HostFacts,
): Choice {
  const { identities, claim } = facts;
  const { settings } = facts.settings;
  if (identities === undefined) return { asks: { kind: 'identities' } };
  const chosen = (choice: { identity: Identity } | { reason: Reason }): Choice => {
    if ('reason' in choice) return choice;
    const { identity } = choice;
    return {
      identity,
      origin: originOf(identity, settings, identities),
      order: serviceAccountOrder(settings),
    };
  };
  const choose = facts.isChosen === true ? chooseIdentity : chooseOfOwnAccord;
  const given = binding.kind === 'bound' ? tokenFileIdentity(binding, settings, identities) : undefined;
  if (given !== undefined) return chosen(given);
  if (settings?.tokenFile !== undefined) {
    const why = `${host}: its tokenFile says nothing of whose token it is`;
    const fix: Fix = { do: 'Name its server beside it in the config.' };
    return { reason: { code: 'token-file-without-server', why, fix } };
  }
  const { current } = identities;
  if (binding.kind === 'bound' || binding.kind === 'in-cluster') {
    return chosen(choose(host, binding, identities));
  }
  if (binding.kind === 'current' && current === undefined) {
    const why = `${host}: no context is current${becauseOf(identities)}`;
    return { reason: { code: 'no-current-context', why, fix: identities.remedy ?? LOG_IN } };
  }
  if (current === undefined || (binding.kind === 'by-claim' && current.insecure)) return { reason: null };
  if (binding.kind === 'by-claim') {
    if (claim === undefined) {
      return { asks: { kind: 'claim', identity: current, mayAsk: facts.signedOut !== true } };
    }
    if (!claim.claimed) return { reason: null };
    if (claim.rivals.length > 0) {
      const clusters = [current.server, ...claim.rivals].join(' and ');
      const why = `${clusters} both claim ${host}, and nothing says which one it is of`;
      return { reason: { code: 'claimed-by-two', why, fix: chooseContext(host, identities) } };
    }
  }
  // The cluster is known by now; which of its users answers is still the config's to say.
  const bound = { kind: 'bound', server: current.server, context: undefined, user: settings?.user } as const;
  return chosen(choose(host, bound, identities));
}

/** The config's `tokenFile` needs no login: the server that it is for stands beside it. */
function tokenFileIdentity(
  { server, context }: Extract<Binding, { kind: 'bound' }>,
  settings: RegistrySettings | undefined,
  identities: Identities,
): { identity: Identity } | { reason: Reason } | undefined {
  const path = settings?.tokenFile;
  if (path === undefined || server === undefined) return undefined;
  const choice = routeToServer(server, identities, context);
  if ('rivals' in choice) return { reason: ambiguousRoute(server, choice.rivals) };
  const source = { kind: 'token-file', path } as const;
  const nowhere = { context: undefined, namespace: undefined, inCluster: false };
  return { identity: { ...choice.route, ...nowhere, user: path, source } };
}

/** Why a host that a person signed out of by `logout` gets no token, and what signs it in again. */
function signedOutReason(host: string, settings: RegistrySettings | undefined, isKnown: boolean): Reason {
  const fix = signInFix(host, settings, isKnown);
  return { code: 'signed-out', why: `You signed out of ${host} by \`logout\``, fix };
}

/**
 * What lifts a sign-out: a login where a person's own is wanted; whatever else answers for the host needs
 * none, and `setup` lifts it, too.
 * @param isKnown false: the host is of no cluster, as far as is known, so that only an engine's login is one of it
 */
function signInFix(host: string, settings: RegistrySettings | undefined, isKnown: boolean): Fix {
  if (!isKnown) return logInAgain(host);
  const isPersons =
    settings?.serviceAccount === undefined && settings?.tokenFile === undefined && settings?.current !== true;
  return { run: `docker-credential-openshift ${isPersons ? 'login' : 'setup'} ${host}` };
}
