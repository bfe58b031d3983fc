import { createHash } from 'node:crypto';
import { HOSTS, type Spot } from '../support/recording-network.ts';

/** A context of a shape's kubeconfig. */
type ContextName =
  /** Of the cluster A, as `oc login` writes it … */
  | 'good'
  /** … by an entry of its own for the same cluster, through a proxy of the company … */
  | 'proxied'
  /** … and by an old entry that verifies nothing, whose way leads to somebody else; the user is the same as of `good`. */
  | 'insecure'
  /** Sent by somebody: A's server, with their authority and proxy. */
  | 'posing'
  /** Sent by somebody: a cluster of theirs, which calls every host its own. */
  | 'evil'
  /** Sent by somebody: the same, with the user entry of `good`. */
  | 'borrowing';

const KUBECONFIGS: readonly (readonly ContextName[])[] = [
  [],
  ['good'],
  ['evil'],
  ['posing'],
  ['insecure'],
  ['good', 'insecure'],
  ['insecure', 'good'],
  ['evil', 'good'],
  ['good', 'evil'],
  ['posing', 'good'],
  ['good', 'posing'],
  ['proxied', 'good'],
  ['good', 'borrowing'],
  ['borrowing', 'good'],
  ['good', 'proxied', 'insecure', 'posing', 'evil'],
  ['evil', 'posing', 'insecure', 'proxied', 'good'],
];
const SECRETS = ['password', 'opaque', 'jwt', 'token'] as const;
const CONFIGS = ['none', 'server', 'user', 'tokenFile'] as const;
const HOST_NAMES = ['a', 'corp', 'evil'] as const;
/** How the secret comes to the helper, and what is run then. */
const WAYS = [
  'store, get',
  'get later',
  'status',
  'renew',
  'revoke',
  'doctor',
  'podman, renew',
  'podman, setup',
] as const;

/** One way in which a person's files may be. */
export interface Shape {
  readonly name: string;
  readonly host: (typeof HOST_NAMES)[number];
  /** What was typed for the host. */
  readonly kind: (typeof SECRETS)[number];
  readonly config: (typeof CONFIGS)[number];
  readonly way: (typeof WAYS)[number];
  readonly contexts: readonly ContextName[];
  /** The current one. */
  readonly current: ContextName | undefined;
  /** A cluster's entry of somebody's for A's server, that no context uses. */
  readonly hasUnused: boolean;
}

/** How many of all shapes one is taken of: coprime to the lengths of all lists, so that every pair of their items comes. */
const STRIDE = 71;

/** Every shape, thinned evenly. */
export function shapes(): Shape[] {
  const all: Shape[] = [];
  for (const contexts of KUBECONFIGS)
    for (const current of [...contexts, undefined])
      for (const hasUnused of [false, true])
        for (const config of CONFIGS)
          for (const host of HOST_NAMES)
            for (const kind of SECRETS)
              for (const way of WAYS) {
                const names = [contexts.join('+') || 'no kubeconfig', current ?? 'none current'];
                const more = [hasUnused ? 'an unused entry' : '', `config: ${config}`, host, kind, way];
                const name = [...names, ...more].filter((word) => word !== '').join(', ');
                all.push({ name, host, kind, config, way, contexts, current, hasUnused });
              }
  return all.filter((_, at) => at % STRIDE === 0);
}

/** The secrets of one shape: each is in one place only. */
export interface Canaries {
  /** What was typed. */
  readonly typed: string;
  /** Of the contexts `good` and `insecure`, which have one user. */
  readonly good: string;
  readonly proxied: string;
  readonly posing: string;
  readonly evil: string;
  /** In the config's `tokenFile`. */
  readonly file: string;
}

/** Text that is as random as it has to be, and the same in every run. */
export const canary = (...of: readonly (string | number)[]) =>
  createHash('sha256').update(of.join(' ')).digest('base64url');

const ofA = (name: ContextName | undefined) => name !== undefined && name !== 'evil' && name !== 'borrowing';
/** Where an API server is asked, by a context's connection. */
const API: Readonly<Record<ContextName, Spot>> = {
  good: 'api of a',
  proxied: 'api of a',
  insecure: 'evil by its proxy',
  posing: 'evil by its proxy',
  evil: 'evil by its proxy',
  borrowing: 'evil by its proxy',
};
const REGISTRY: Readonly<Record<Shape['host'], Spot>> = {
  a: 'registry of a',
  corp: 'corp',
  evil: 'evil by its name',
};

/**
 * Where A is asked about a token that is of no context: by the current context's connection if that is of A; else by the one
 * verified one; by the unverified one, where there is no other; else nowhere.
 */
function spotOfA({ contexts, current, hasUnused }: Shape): Spot | undefined {
  if (current !== undefined && ofA(current)) return API[current];
  const verified = contexts.filter((name) => ofA(name) && name !== 'insecure');
  // The unused entry says the same as that of `posing`.
  const routes = new Set<ContextName>([...verified, ...(hasUnused ? (['posing'] as const) : [])]);
  if (routes.size > 1) return undefined;
  for (const only of routes) return API[only];
  // Without any entry by its name, where A's authority is not trusted: there is no connection.
  return contexts.includes('insecure') ? API.insecure : undefined;
}

/**
 * Where each secret of a shape may be seen, and which may be answered for its host. Written down apart from the program, by
 * the rules that the documentation has.
 */
export function allowed(
  shape: Shape,
): Readonly<Record<keyof Canaries, { readonly spots: ReadonlySet<Spot>; readonly isAnswered: boolean }>> {
  const { host, kind, config, contexts, current } = shape;
  const registry = REGISTRY[host];
  const isLinked = config !== 'none';
  // Links the hosts of all clusters to them, and asks each registry.
  const isSetup = shape.way === 'podman, setup';
  const spotA = spotOfA(shape);
  const some = (...spots: readonly (Spot | undefined | false)[]): ReadonlySet<Spot> =>
    new Set(spots.filter((spot) => spot !== undefined && spot !== false));
  /** Its word links the host without a config: it is current, verified, and the name is under its domain. */
  const claims = (name: ContextName) =>
    !isLinked && current === name && name !== 'insecure' && (ofA(name) ? host === 'a' : host === 'evil');
  const setsUp = (name: ContextName): boolean =>
    isSetup &&
    contexts.includes(name) &&
    (name !== 'borrowing' || current === name) &&
    host === (ofA(name) ? 'a' : 'evil');
  const own = (name: ContextName): boolean =>
    contexts.includes(name) && (claims(name) || (isLinked && ofA(name)) || setsUp(name));
  const context = (name: ContextName) => ({
    spots: some(
      contexts.includes(name) && API[name],
      own(name) && registry,
      isSetup && contexts.includes(name) && REGISTRY[ofA(name) ? 'a' : 'evil'],
    ),
    isAnswered: own(name) && config !== 'tokenFile',
  });
  const isFoundBySetup = contexts.some(setsUp);
  // The claim is proved by a token that the true registry takes: that of somebody posing as A is none.
  const proved = (['good', 'proxied', 'evil', 'borrowing'] as const).find(claims);
  const isToken = kind === 'token';
  // One user: with `good` beside it, or as the current one, by the unverified entry only if that is current.
  const hasGood = contexts.includes('good');
  const byInsecure = contexts.includes('insecure') && (!hasGood || current === 'insecure');
  return {
    typed: {
      spots: some(
        registry,
        isToken && (isLinked ? spotA : proved && API[proved]),
        isToken && !isLinked && isFoundBySetup && (host === 'a' ? spotA : API.evil),
      ),
      isAnswered: true,
    },
    good: {
      spots: some(
        hasGood && API.good,
        (byInsecure || current === 'borrowing') && API.insecure,
        claims('borrowing') && registry,
        (own('good') || own('insecure')) && registry,
        isSetup && hasGood && REGISTRY.a,
        isSetup && current === 'borrowing' && REGISTRY.evil,
      ),
      isAnswered: (own('good') || own('insecure') || claims('borrowing')) && config !== 'tokenFile',
    },
    proxied: context('proxied'),
    posing: context('posing'),
    evil: context('evil'),
    file: {
      spots: some(config === 'tokenFile' && spotA, config === 'tokenFile' && registry),
      isAnswered: config === 'tokenFile',
    },
  };
}

export const hostOf = ({ host }: Shape): string => HOSTS[host];
