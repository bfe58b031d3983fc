/** The bootstrap administrator's provider; its user is called `kubeadmin` here and `kube:admin` everywhere else. */
export const KUBE_ADMIN = 'kube:admin';

/** Where people prove who they are: here with a password, or at a site elsewhere (as GitHub or OpenID). */
export interface IdentityProvider {
  readonly name: string;
  readonly kind: 'password' | 'redirect';
  /** Passwords by user name. */
  readonly passwords: Map<string, string>;
}

/** A provider to be set up. */
export interface IdentityProviderOptions {
  readonly name: string;
  /** Default: password. */
  readonly kind?: IdentityProvider['kind'];
  /** Passwords by user name; default: the cluster's users, with `defaultPassword`. */
  readonly passwords?: Readonly<Record<string, string>>;
}

/** The password that a user has unless a test gives another: `alice-password`. */
export function defaultPassword(user: string): string {
  return `${user}-password`;
}

/** The providers asked for, default one called `htpasswd`; kube:admin's stands before all others. */
export function createIdentityProviders(
  options: readonly IdentityProviderOptions[],
  users: readonly string[],
  kubeAdmin: boolean,
): readonly IdentityProvider[] {
  const everybody = Object.fromEntries(users.map((user) => [user, defaultPassword(user)]));
  const asked = options.map(({ name, kind = 'password', passwords = everybody }) => ({
    name,
    kind,
    passwords: new Map(Object.entries(passwords)),
  }));
  if (!kubeAdmin) return asked;
  const passwords = new Map([['kubeadmin', defaultPassword('kubeadmin')]]);
  return [{ name: KUBE_ADMIN, kind: 'password', passwords }, ...asked];
}

/** Whose password it is, as a user of the cluster; undefined: nobody's. */
export function checkPassword(
  provider: IdentityProvider,
  user: string,
  password: string,
): string | undefined {
  if (password === '' || provider.passwords.get(user) !== password) return undefined;
  return provider.name === KUBE_ADMIN ? KUBE_ADMIN : user;
}

/** Those whose passwords the OAuth server checks itself. */
export function passwordProviders(providers: readonly IdentityProvider[]): readonly IdentityProvider[] {
  return providers.filter(({ kind }) => kind === 'password');
}

/** The path of a provider's login form: its own only where there are several. */
export function loginPath(providers: readonly IdentityProvider[], provider: IdentityProvider): string {
  return passwordProviders(providers).length > 1 ? `/login/${encodeURI(provider.name)}` : '/login';
}
