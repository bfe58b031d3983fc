import type {
  AuthFile,
  EngineState,
  NamedHelper,
  RegistriesConf,
  StoredLogin,
} from '../../../src/engines/engine-state.ts';
import { familyOf } from '../../../src/engines/engines.ts';
import { normaliseRegistryHost } from '../../../src/registry/registry-host.ts';

/** podman's files in its order: the session's, its own lasting one, docker's, docker's of old. */
export const X = '/run/user/7/containers/auth.json';
export const C = '/home/u/.config/containers/auth.json';
export const K = '/home/u/.docker/config.json';
export const OLD = '/home/u/.dockercfg';
export const HOST = 'registry.example.com';

interface FileContent {
  readonly logins?: readonly string[];
  /** Logins whose token has ended. */
  readonly dead?: readonly string[];
  /** Entries without a secret, as docker leaves them beside a credsStore. */
  readonly empty?: readonly string[];
  readonly helpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
  readonly state?: AuthFile['state'];
  /** The variable that names it. */
  readonly chosenBy?: string;
  readonly current?: boolean;
  readonly fault?: string;
  readonly failsFor?: AuthFile['failsFor'];
  readonly readNowBy?: AuthFile['readNowBy'];
  readonly otherKeys?: readonly string[];
}

/** What the engines find, from what is in each file. */
export function engineState(
  content: Readonly<Record<string, FileContent>>,
  others: Partial<Omit<EngineState, 'files'>> = {},
): EngineState {
  const files = [
    authFile(X, { readBy: ['podman'], getsHelper: 'never', volatile: true }, content[X]),
    authFile(C, { readBy: ['podman'], getsHelper: 'else' }, content[C]),
    authFile(K, { readBy: ['docker', 'podman'], getsHelper: 'always' }, content[K]),
    authFile(OLD, { readBy: ['podman'], getsHelper: 'never', legacy: true }, content[OLD]),
  ];
  return { files, registriesConf: registriesConf({}), versions: {}, dockerAuthConfig: undefined, ...others };
}

/** What registries.conf says, from what it has beside podman's own defaults. */
export function registriesConf(said: Partial<RegistriesConf>): RegistriesConf {
  const helpers = ['containers-auth.json'];
  const shortNames = { aliases: new Map(), search: undefined, mode: 'permissive', fault: undefined } as const;
  return { helpers, path: undefined, overridden: [], broken: [], tables: [], shortNames, ...said };
}

type Kind = Pick<AuthFile, 'readBy' | 'getsHelper'> & Partial<Pick<AuthFile, 'legacy' | 'volatile'>>;

function authFile(path: string, kind: Kind, content: FileContent | undefined): AuthFile {
  const { logins = [], dead = [], empty = [], helpers = {}, ...rest } = content ?? {};
  return {
    path,
    readBy: kind.readBy,
    readNowBy: rest.readNowBy ?? (rest.current === false ? [] : kind.readBy.flatMap(familyOf)),
    legacy: kind.legacy === true,
    isDockers: kind.readBy.includes('docker'),
    current: rest.current ?? true,
    chosenBy: rest.chosenBy,
    volatile: kind.volatile === true && rest.chosenBy === undefined,
    getsHelper: kind.getsHelper,
    state: rest.state ?? (content === undefined ? 'absent' : 'read'),
    fault: rest.fault ?? (rest.state === 'unusable' ? `${path}:2:1: the file is not valid JSON` : undefined),
    failsFor: rest.failsFor ?? (rest.state === 'unusable' ? kind.readBy : []),
    logins: [
      ...logins.map((key) => storedLogin(key, false)),
      ...dead.map((key) => storedLogin(key, true)),
      ...empty.map((key) => ({ ...storedLogin(key, false), secret: undefined, fields: [] })),
    ],
    helpers: Object.entries(helpers).map(([key, helper]): NamedHelper => ({ key, helper })),
    credsStore: rest.credsStore,
    otherKeys: rest.otherKeys ?? [],
  };
}

/** A login as it is told of a file. */
export function storedLogin(key: string, dead = false): StoredLogin {
  const form = /^https?:/.test(key) ? 'url' : key.includes('/') ? 'namespace' : 'host';
  const secret = { kind: 'jwt', endsAtMs: dead ? 0 : undefined, dead } as const;
  const host = normaliseRegistryHost(key) ?? undefined;
  return { key, host, form, secret, fields: ['auth'], isBroken: false };
}
