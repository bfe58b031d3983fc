import { clusterDisplayName } from '../registry/catalogue.ts';
import type { TokenWords } from './check-token.ts';
import type { Identity, ServiceAccountOrder, TokenSource } from './identity.ts';
import { readJwt } from './jwt.ts';
import { logInAgain, loginCommand } from './login-command.ts';
import type { Fix } from './reason.ts';

/**
 * How a host's token is had anew: `login`: a person logs in; `itself`: it is minted for a service account; `plugin`: by
 * an exec plugin; `file`: a system puts another into its file; `job`: it came in the environment; `stored`: it was typed.
 */
export type RenewalWay = 'login' | 'itself' | 'plugin' | 'file' | 'job' | 'stored';

/** What one kind of identity is like, wherever that matters. */
interface IdentityKind {
  /** How its token is spoken of. */
  phrase(identity: Identity, host: string, order: ServiceAccountOrder | undefined): string;
  /** What fixes the end of its token. */
  fix(identity: Identity, host: string): Fix;
  /** Undefined: it has no token. */
  readonly renews: RenewalWay | undefined;
  /** Whether only a person can renew its token, whose end is told early. */
  isPersons(identity: Identity): boolean;
  /** Another token can be had in place of one that the cluster refused. */
  readonly isReissuable: boolean;
}

const login = ({ server, context }: Identity): Fix => ({ run: loginCommand(server, context) });
const pathOf = ({ source, user }: Identity): string => (source.kind === 'token-file' ? source.path : user);
const persons: IdentityKind = {
  phrase: ({ server }) => `Your login to ${clusterDisplayName(server)}`,
  fix: login,
  renews: 'login',
  isPersons: () => true,
  isReissuable: false,
};
const system = { isPersons: () => false, isReissuable: false } as const;

/** All kinds of identity. To add one: its source in identity.ts, its place in `kindOf`, and its row here. */
const IDENTITY_KINDS = {
  /** A service account that the identity mints for. */
  minted: {
    ...system,
    phrase: (_identity, _host, order) => `The token of ${order?.namespace}/${order?.name}`,
    fix: (_identity, host) => ({ run: `docker-credential-openshift renew ${host}` }),
    renews: 'itself',
    isReissuable: true,
  },
  'in-cluster': {
    ...system,
    phrase: () => "The pod's service account token",
    fix: () => ({ do: 'The kubelet renews it.' }),
    renews: 'file',
  },
  plugin: {
    ...system,
    phrase: ({ source, server }) =>
      `The token that ${source.kind === 'exec' ? source.plugin.command : ''} gave for ${clusterDisplayName(server)}`,
    // Pulls and the timer have run it before; only `login` gives it a person to ask.
    fix: login,
    renews: 'plugin',
    isReissuable: true,
  },
  typed: {
    ...system,
    phrase: ({ user }, host) => `The login of ${user} stored for ${host}`,
    fix: (_identity, host) => logInAgain(host),
    renews: 'stored',
    // The JWT of a robot is had anew by whoever runs the robot.
    isPersons: ({ source }) => source.kind === 'token' && !isJwt(source.token),
  },
  environment: {
    ...system,
    phrase: () => 'The token in DOCKER_CREDENTIAL_OPENSHIFT_TOKEN',
    fix: () => ({ do: 'Give the job a new one.' }),
    renews: 'job',
  },
  /** A file that the config names, as its own user, or a job's environment: a login writes to neither. */
  'given-file': {
    ...system,
    phrase: (identity) => `The token in ${pathOf(identity)}`,
    fix: (identity) => ({
      do: identity.user === pathOf(identity) ? 'Put a new one there.' : 'Give the job a new one.',
    }),
    renews: 'file',
  },
  'token-file': {
    ...system,
    phrase: (identity) => `The token in ${pathOf(identity)}`,
    fix: login,
    renews: 'file',
  },
  token: persons,
  'client-certificate': { ...persons, ...system, renews: undefined },
  none: { ...persons, ...system, renews: undefined },
} as const satisfies Record<string, IdentityKind>;

type Kind = keyof typeof IDENTITY_KINDS;

/** Of which kind the source of a kubeconfig's user is. */
const BY_SOURCE: Record<TokenSource['kind'], Kind> = {
  token: 'token',
  'token-file': 'token-file',
  exec: 'plugin',
  'client-certificate': 'client-certificate',
  none: 'none',
};

/**
 * @param order the service account that a token is minted for, if one is
 * @returns what the identity that gives a token is like
 */
export function kindOf(
  { source, inCluster, isStored, context }: Identity,
  order: ServiceAccountOrder | undefined,
): IdentityKind {
  if (order !== undefined) return IDENTITY_KINDS.minted;
  if (inCluster) return IDENTITY_KINDS['in-cluster'];
  if (isStored === true) return IDENTITY_KINDS.typed;
  if (context === undefined && source.kind === 'token') return IDENTITY_KINDS.environment;
  if (context === undefined && source.kind === 'token-file') return IDENTITY_KINDS['given-file'];
  return IDENTITY_KINDS[BY_SOURCE[source.kind]];
}

/** How the token that an identity gives a registry host is spoken of. */
export function tokenWords(
  host: string,
  identity: Identity,
  order: ServiceAccountOrder | undefined,
): TokenWords {
  const kind = kindOf(identity, order);
  return {
    cluster: clusterDisplayName(identity.server),
    phrase: kind.phrase(identity, host, order),
    fix: kind.fix(identity, host),
  };
}

/** Three parts of base64url (RFC 7515, section 7.1); OAuth tokens have none of the dots. */
function isJwt(token: string): boolean {
  return readJwt(token) !== undefined || /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);
}
