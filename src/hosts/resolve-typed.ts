import type { Binding } from '../registry/bind-host.ts';
import { clusterDisplayName } from '../registry/catalogue.ts';
import { outlivesMargin } from './answer.ts';
import { durationInWords } from './clock.ts';
import type { HostFacts, Question, Refusal, TypedLogin } from './host-facts.ts';
import type { ClusterToken, Identities, Route } from './identity.ts';
import { jwtEndMs } from './jwt.ts';
import { logInAgain } from './login-command.ts';
import { ambiguousRoute, routeToServer } from './route-to-server.ts';
import type { SecretFault } from './secret-store.ts';
import { hasFormOfToken, typedToken } from './typed-token.ts';

/** What was typed for a host, where nothing speaks against it yet. */
export interface TypedChoice {
  readonly login: TypedLogin;
  /** Who says whether it is good: the cluster that it is a token of, or the registry itself. */
  readonly judge: 'cluster' | 'registry';
  /** How the cluster is reached that the host is linked to; undefined: it is linked to none. */
  readonly route: Route | undefined;
  /** The secret; undefined: it was not to be read. */
  readonly secret?: string;
  /** The same, where it may be shown to the cluster. */
  readonly token?: ClusterToken;
}

/** Where a host belongs as far as what was typed for it is concerned. */
type Place =
  | { readonly kind: 'cluster'; readonly route: Route; readonly isClaimed: boolean }
  /** No cluster's, as far as is known now: its registry judges what is typed. */
  | { readonly kind: 'none' };

/** Whose it is that was typed for a host, and who judges it. @returns undefined: nothing was typed */
export function resolveTyped(
  host: string,
  binding: Binding,
  facts: HostFacts,
): TypedChoice | Refusal | { readonly asks: Question } | undefined {
  const { typed, nowMs, identities } = facts;
  if (typed === undefined) return undefined;
  const { login, reading, refusal } = typed;
  const over = refusal ?? endedLogin(host, login, login.expiresAtMs ?? null, nowMs);
  if (over !== undefined) return over;
  const linked = linkedPlace(host, binding, login, identities);
  if (!('kind' in linked) || 'reasons' in linked) return linked;
  if (reading === undefined) return { asks: { kind: 'secret' } };
  if (reading === null) return unread(host, login, linked, facts);
  if ('fault' in reading) return unreadable(host, login, reading.fault);
  const { secret } = reading;
  const late = endedLogin(host, login, login.expiresAtMs ?? jwtEndMs(secret) ?? null, nowMs);
  if (late !== undefined) return late;
  const place = linked.kind === 'none' ? claimedPlace(secret, binding, facts) : linked;
  if ('asks' in place) return place;
  if (place.kind === 'none') return { login, judge: 'registry', route: undefined, secret };
  const { route, isClaimed } = place;
  const token = identities === undefined ? undefined : typedToken(secret, route.server, identities);
  if (!isClaimed && !hasFormOfToken(secret)) {
    const name = clusterDisplayName(route.server);
    const why = `${typedLoginInWords(host, login)} is not a token, and the registry of ${name} takes nothing else`;
    const reasons = [{ code: 'typed-no-token', why, fix: logInAgain(host) }];
    return { kind: 'refused', reasons, server: route.server };
  }
  // What the cluster is not shown its registry judges.
  if (token === undefined) return { login, judge: 'registry', route, secret };
  return { login, judge: 'cluster', route, secret, token };
}

/** What the config, the catalogue and the record say of it; no cluster is asked. */
function linkedPlace(
  host: string,
  binding: Binding,
  login: TypedLogin,
  identities: Identities | undefined,
): Place | Refusal | { readonly asks: Question } {
  const { boundTo } = login;
  const isLinked = binding.kind === 'bound' || binding.kind === 'current' || binding.kind === 'in-cluster';
  if (!isLinked && (binding.kind !== 'by-claim' || boundTo === undefined)) return { kind: 'none' };
  if (identities === undefined) return { asks: { kind: 'identities' } };
  const server = isLinked ? linkedServer(binding, identities) : boundTo;
  if (server === null) return { kind: 'none' };
  if (server === undefined) {
    const why = `${typedLoginInWords(host, login)} can't be checked: its cluster can't be told`;
    return { kind: 'out-of-reach', reasons: [{ code: 'typed-unchecked', why }] };
  }
  if (boundTo !== undefined && boundTo !== server) {
    const [before, now] = [clusterDisplayName(boundTo), clusterDisplayName(server)];
    const why = `${typedLoginInWords(host, login)} is for ${before}, and the host is linked to ${now} now`;
    return { kind: 'refused', reasons: [{ code: 'typed-for-another', why, fix: logInAgain(host) }] };
  }
  const choice = routeToServer(server, identities, binding.kind === 'bound' ? binding.context : undefined);
  if ('rivals' in choice) {
    return { kind: 'out-of-reach', reasons: [ambiguousRoute(server, choice.rivals)], server };
  }
  return { kind: 'cluster', route: choice.route, isClaimed: !isLinked };
}

/** @returns null: to none; undefined: it can't be told */
function linkedServer(
  binding: Extract<Binding, { kind: 'bound' | 'current' | 'in-cluster' }>,
  { all, current }: Identities,
): string | null | undefined {
  switch (binding.kind) {
    case 'bound':
      return binding.server ?? all.find(({ context }) => context === binding.context)?.server;
    case 'current':
      return current?.server;
    case 'in-cluster':
      return all.find(({ inCluster }) => inCluster)?.server ?? null;
  }
}

/**
 * Where nothing but a cluster's own word can tell: the current one is asked, or remembered; it may have been out of reach,
 * or nobody logged in to it, when the login was typed. Its word alone does not do: any cluster may call any host its own,
 * and only the registry of a cluster takes its tokens.
 */
function claimedPlace(
  secret: string,
  binding: Binding,
  { identities, claim, proof }: HostFacts,
): Place | { readonly asks: Question } {
  if (binding.kind !== 'by-claim') return { kind: 'none' };
  if (identities === undefined) return { asks: { kind: 'identities' } };
  const { current } = identities;
  if (current === undefined || current.insecure) return { kind: 'none' };
  if (typedToken(secret, current.server, identities) === undefined) return { kind: 'none' };
  if (claim === undefined) return { asks: { kind: 'claim', identity: current, mayAsk: true } };
  if (!claim.claimed || claim.rivals.length > 0) return { kind: 'none' };
  if (proof === undefined) return { asks: { kind: 'proof', identity: current } };
  if (!proof) return { kind: 'none' };
  const { server, insecure, route } = current;
  return { kind: 'cluster', route: { server, insecure, route }, isClaimed: true };
}

/** What can be told of it without its secret: where something else was answered last, it was not to be had or refused. */
function unread(host: string, login: TypedLogin, place: Place, { last }: HostFacts): TypedChoice | Refusal {
  const route = place.kind === 'cluster' ? place.route : undefined;
  if (last?.answer.kind !== 'credential') {
    return { login, judge: route === undefined ? 'registry' : 'cluster', route };
  }
  const isUnchecked = last.answer.unchecked === true;
  if (last.missed !== undefined) {
    return { kind: isUnchecked ? 'out-of-reach' : 'refused', reasons: last.missed };
  }
  const words = typedLoginInWords(host, login);
  if (!isUnchecked) {
    const why = `${words} was not accepted when it was last asked for`;
    return { kind: 'refused', reasons: [{ code: 'typed-refused', why, fix: logInAgain(host) }] };
  }
  // The files do not tell one that can't be read from one that could not be checked.
  const why = `${words} could not be read or checked when it was last asked for`;
  const fix = { run: `docker-credential-openshift status ${host} --check` };
  return { kind: 'out-of-reach', reasons: [{ code: 'typed-unchecked', why, fix }] };
}

function endedLogin(
  host: string,
  login: TypedLogin,
  expiresAtMs: number | null,
  nowMs: number,
): Refusal | undefined {
  if (expiresAtMs === null || outlivesMargin(expiresAtMs, nowMs)) return undefined;
  const ago = nowMs - expiresAtMs;
  const ended = ago < 0 ? 'expires within a minute' : `expired ${durationInWords(ago)} ago`;
  const why = `${typedLoginInWords(host, login)} ${ended}`;
  return { kind: 'over', reasons: [{ code: 'typed-expired', why, fix: logInAgain(host) }] };
}

function unreadable(host: string, login: TypedLogin, fault: SecretFault): Refusal {
  const words = typedLoginInWords(host, login);
  if (fault === 'gone') {
    const why = `${words} is not where it was kept any more`;
    return { kind: 'refused', reasons: [{ code: 'typed-gone', why, fix: logInAgain(host) }] };
  }
  const why = `${words} can't be read: ${fault.message}`;
  const reasons = [{ code: `keychain-${fault.kind}`, why, fix: fault.fix }];
  return { kind: 'out-of-reach', reasons, asksAgain: fault.kind !== 'hanging' };
}

/** @returns `The login of robot stored for registry.example.com` */
export function typedLoginInWords(host: string, { username }: Pick<TypedLogin, 'username'>): string {
  return `The login of ${username} stored for ${host}`;
}
