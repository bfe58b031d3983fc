import { type ExecPlugin, givenToken, type Identity } from '../../src/hosts/identity.ts';
import type { Obtained } from '../../src/hosts/keep-token.ts';
import type { StoredLogin } from '../../src/hosts/secret-store.ts';

export const SERVER = 'https://api.example.com:6443';
export const TOKEN = givenToken(`sha256~${'k'.repeat(43)}`);

/** Alice's login to api.example.com, changed as asked. */
export function identity(changes: Partial<Identity> = {}): Identity {
  return {
    server: SERVER,
    user: 'alice',
    context: 'work',
    namespace: 'alice-ns',
    insecure: false,
    route: '',
    inCluster: false,
    source: { kind: 'token', token: TOKEN },
    ...changes,
  };
}

/** A JWT of these claims, which is signed by nobody. */
export function jwt(claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
}

/** `oc get-token` as a kubeconfig's exec plugin, changed as asked. */
export function plugin(changes: Partial<ExecPlugin> = {}): ExecPlugin {
  return {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'oc',
    args: ['get-token'],
    env: {},
    directory: '/home/alice/.kube',
    needsPerson: false,
    wantsCluster: false,
    installHint: undefined,
    ...changes,
  };
}

/** A login of a robot that was typed, changed as asked. */
export function storedLogin(changes: Partial<StoredLogin> = {}): StoredLogin {
  const { host = 'registry.example.com' } = changes;
  return {
    host,
    serverUrl: host,
    username: 'robot',
    where: 'keychain',
    id: '1',
    boundTo: undefined,
    expiresAtMs: undefined,
    ...changes,
  };
}

/** A port that no call was expected of. */
export function unexpected(name: string): () => never {
  return () => {
    throw new Error(`${name} was not expected to be called`);
  };
}

/** A token as it is obtained from a kubeconfig, changed as asked. */
export function asItLies({
  token = TOKEN,
  ...changes
}: Partial<Omit<Obtained, 'token'>> & { readonly token?: string } = {}): Obtained {
  return {
    token: givenToken(token),
    startedAtMs: Number.NEGATIVE_INFINITY,
    expiresAtMs: Number.POSITIVE_INFINITY,
    renewSoon: false,
    complaint: undefined,
    ...changes,
  };
}
