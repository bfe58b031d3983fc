import type { Credentials } from './credentials.ts';
import {
  type MetaSource,
  nameSuffix,
  newMeta,
  objectKey,
  type Secret,
  type ServiceAccount,
} from './objects.ts';

/**
 * Which secrets the controllers make for a new account: `token-and-dockercfg`, both named in it (3.11 to 4.10);
 * `dockercfg`, named, over a token that is not (4.11 to 4.15); `none`.
 */
export type AccountSecrets = 'token-and-dockercfg' | 'dockercfg' | 'none';

export const TOKEN_SECRET = 'kubernetes.io/service-account-token';
export const DOCKERCFG_SECRET = 'kubernetes.io/dockercfg';
export const DOCKER_CONFIG_SECRET = 'kubernetes.io/dockerconfigjson';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';

/** The part of a cluster that its service accounts live in. */
export interface AccountState extends MetaSource {
  readonly serviceAccounts: Map<string, ServiceAccount>;
  readonly secrets: Map<string, Secret>;
  readonly credentials: Pick<Credentials, 'issueLegacyToken'>;
  readonly accountSecrets: AccountSecrets;
  readonly internalRegistryHostname: string;
  readonly publicRegistryHostname: string | undefined;
}

/** The account of that name, created if missing. */
export function openServiceAccount(state: AccountState, namespace: string, name: string): ServiceAccount {
  const existing = state.serviceAccounts.get(`${namespace}/${name}`);
  if (existing !== undefined) return existing;
  return addServiceAccount(state, { ...newMeta(state, name, namespace), secrets: [], imagePullSecrets: [] });
}

/** Stores an account and does what the cluster's controllers do for a new one. */
export function addServiceAccount(state: AccountState, draft: ServiceAccount): ServiceAccount {
  let account = draft;
  if (state.accountSecrets !== 'none') {
    const token = addTokenSecret(state, account);
    const dockercfg = addDockercfgSecret(state, account, token);
    const listed = state.accountSecrets === 'dockercfg' ? [dockercfg] : [token, dockercfg];
    const reference = ({ name }: Secret) => ({ name });
    account = {
      ...account,
      secrets: [...account.secrets, ...listed.map(reference)],
      imagePullSecrets: [...account.imagePullSecrets, reference(dockercfg)],
    };
  }
  state.serviceAccounts.set(objectKey(account), account);
  return account;
}

/** Deletes an account; its token secrets go with it. */
export function removeServiceAccount(state: AccountState, account: ServiceAccount): void {
  state.serviceAccounts.delete(objectKey(account));
  for (const [key, secret] of state.secrets) {
    if (secret.annotations?.[ACCOUNT_UID] === account.uid) state.secrets.delete(key);
  }
}

/** A new secret with a legacy token of the account. */
export function addTokenSecret(state: AccountState, account: ServiceAccount): Secret {
  const name = `${account.name}-token-${nameSuffix()}`;
  return fillTokenSecret(state, account, {
    ...newMeta(state, name, account.namespace),
    annotations: { [ACCOUNT_NAME]: account.name },
    type: TOKEN_SECRET,
    data: {},
  });
}

/** The account that a secret of type `kubernetes.io/service-account-token` asks a token for. */
export function tokenSecretAccountName(secret: Pick<Secret, 'annotations'>): string | undefined {
  return secret.annotations?.[ACCOUNT_NAME];
}

/** Stores a secret with the token that the token controller writes into it. */
export function fillTokenSecret(state: AccountState, account: ServiceAccount, secret: Secret): Secret {
  const token = state.credentials.issueLegacyToken(account, secret.name);
  const filled = {
    ...secret,
    resourceVersion: state.nextVersion(),
    annotations: { ...secret.annotations, [ACCOUNT_UID]: account.uid },
    data: { ...secret.data, namespace: base64(account.namespace), token: base64(token) },
  };
  state.secrets.set(objectKey(filled), filled);
  return filled;
}

function addDockercfgSecret(state: AccountState, account: ServiceAccount, token: Secret): Secret {
  const password = Buffer.from(token.data.token ?? '', 'base64').toString();
  const entry = {
    username: 'serviceaccount',
    password,
    email: 'serviceaccount@example.org',
    auth: base64(`serviceaccount:${password}`),
  };
  const secret: Secret = {
    ...newMeta(state, `${account.name}-dockercfg-${nameSuffix()}`, account.namespace),
    annotations: {
      [ACCOUNT_NAME]: account.name,
      [ACCOUNT_UID]: account.uid,
      'openshift.io/token-secret.name': token.name,
    },
    type: DOCKERCFG_SECRET,
    // The controller keeps the hosts up to date; the sandbox's public one is known only once it listens.
    get data() {
      const entries = registryHosts(state).map((host) => [host, entry]);
      return { '.dockercfg': base64(JSON.stringify(Object.fromEntries(entries))) };
    },
  };
  state.secrets.set(objectKey(secret), secret);
  return secret;
}

function registryHosts(state: AccountState): string[] {
  const internal = state.internalRegistryHostname;
  const { publicRegistryHostname: exposed } = state;
  const hosts = ['172.30.1.1:5000', internal, internal.replace('.svc:', '.svc.cluster.local:')];
  return exposed === undefined ? hosts : [...hosts, exposed];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
