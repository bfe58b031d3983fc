import type { SecretPlace } from '../hosts/secret-store.ts';
import { PODS_SETTINGS, type PodsSetting } from '../registry/bind-host.ts';

/** What a key of our config may hold: its JSON schema, and the same in words for an error. */
export interface ValueKind<T> {
  readonly schema: { readonly type: string; readonly pattern?: string; readonly enum?: readonly string[] };
  readonly expected: string;
  /** The value, if it is of this kind. Never throws. */
  readonly read: (value: unknown) => T | undefined;
}

const textPattern = '^\\P{Cc}+$';
const serverPattern = '^https://[^\\s?#@]+$';

const oneLine: ValueKind<string> = {
  schema: { type: 'string', pattern: textPattern },
  expected: 'text on one line (a number goes in quotes)',
  read: (value) =>
    typeof value === 'string' && new RegExp(textPattern, 'u').test(value) ? value : undefined,
};

const httpsUrl: ValueKind<string> = {
  schema: { type: 'string', pattern: serverPattern },
  expected: 'an https:// URL with no user name, query or fragment',
  read: (value) =>
    typeof value === 'string' && new RegExp(serverPattern, 'u').test(value) && URL.canParse(value)
      ? value
      : undefined,
};

const yesOrNo: ValueKind<boolean> = {
  schema: { type: 'boolean' },
  expected: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
};

const pathPattern = '^(?:/|[A-Za-z]:[\\\\/])\\P{Cc}+$';

const absolutePath: ValueKind<string> = {
  schema: { type: 'string', pattern: pathPattern },
  expected: 'an absolute path',
  read: (value) =>
    typeof value === 'string' && new RegExp(pathPattern, 'u').test(value) ? value : undefined,
};

const serviceAccountPattern = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$';

const serviceAccount: ValueKind<string> = {
  schema: { type: 'string', pattern: serviceAccountPattern },
  expected: 'NAMESPACE/NAME',
  read: (value) =>
    typeof value === 'string' && new RegExp(serviceAccountPattern).test(value) ? value : undefined,
};

const lifetimePattern = '^[1-9][0-9]{0,4}[mh]$';
const SHORTEST_MINUTES = 10;
const LONGEST_MINUTES = 24 * 60;

/** In seconds. Clusters mint for 10 minutes at least; what lasts more than a day may not lie in a file. */
const lifetime: ValueKind<number> = {
  schema: { type: 'string', pattern: lifetimePattern },
  expected: 'a time from 10m to 24h, such as 8h or 90m',
  read: (value) => {
    if (typeof value !== 'string' || !new RegExp(lifetimePattern).test(value)) return undefined;
    const minutes = Number(value.slice(0, -1)) * (value.endsWith('h') ? 60 : 1);
    return minutes >= SHORTEST_MINUTES && minutes <= LONGEST_MINUTES ? minutes * 60 : undefined;
  },
};

const podsKind: ValueKind<PodsSetting> = {
  schema: { type: 'string', enum: PODS_SETTINGS },
  expected: '`own-token`, `annotated` or `all`',
  read: (value) => PODS_SETTINGS.find((known) => known === value),
};

/**
 * The keys of one registry's entry. A new key is one line here and its description in
 * packaging/config.schema.json; a test holds the two together.
 */
export const registryKeys = {
  server: httpsUrl,
  user: oneLine,
  context: oneLine,
  anonymous: yesOrNo,
  tokenFile: absolutePath,
  serviceAccount,
  tokenLifetime: lifetime,
  selfRenew: yesOrNo,
  pods: podsKind,
} as const;

/** Where typed secrets are kept. */
export const secretsKind: ValueKind<SecretPlace> = {
  schema: { type: 'string', enum: ['keychain', 'file'] },
  expected: '`keychain` or `file`',
  read: (value) => (value === 'keychain' || value === 'file' ? value : undefined),
};

/** The keys of the file itself. */
export const topLevelKeys = ['registries', 'secrets'] as const;

type Keys = typeof registryKeys;

/**
 * What the user says about one registry host:
 * `server` (API server URL) and `user` (user entry of the kubeconfig), recorded by `setup`;
 * `context`, a context by name, written by hand instead;
 * `anonymous`: never send a token to this host;
 * `tokenFile`: the token lies in this file; `serviceAccount`: its tokens are minted, for `tokenLifetime` (in seconds),
 * and with `selfRenew` by its own tokens;
 * `pods`: what a node's kubelet gets for pods.
 */
export type RegistryEntry = { [K in keyof Keys]?: Keys[K] extends ValueKind<infer T> ? T : never };

/** Our config. Hosts are in the form of `normaliseRegistryHost`. */
export interface Config {
  readonly registries: Map<string, RegistryEntry>;
  /** Where typed secrets are kept; undefined: it does not say, which means the keychain. */
  readonly secrets: SecretPlace | undefined;
}

/** A fault in the config file. Line and column count from 1. */
export interface ConfigProblem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The host whose entry it breaks, if it breaks one. */
  readonly host?: string;
  /** It is the value of this key of the file itself. */
  readonly key?: 'secrets';
}

/** A problem as one line, in the form editors and terminals turn into a link. */
export function describeProblem(problem: ConfigProblem): string {
  return `${problem.path}:${problem.line}:${problem.column}: ${problem.message}`;
}
