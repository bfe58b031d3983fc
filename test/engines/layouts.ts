import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf, type Winner } from '../../src/engines/engine-state.ts';
import type { Engine } from '../../src/engines/engines.ts';
import { lookUp } from '../../src/engines/lookup/look-up.ts';
import { readAuthFiles } from '../../src/engines/lookup/read-auth-files.ts';
import { readRegistriesConf } from '../../src/engines/lookup/registries-conf.ts';
import { dockerAuthConfigLogins } from '../../src/engines/read-engine-state.ts';
import type { Version } from '../../src/engines/rules.ts';
import { namesIn } from '../../src/files/read-regular-file.ts';

/** Files and variables as they may be on a machine. In texts `HOST` stands for the registry, and `HOME` for the home. */
export interface Layout {
  readonly name: string;
  readonly files: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly helperIsMissing?: true;
  /** Run by a user other than root, without XDG_RUNTIME_DIR. */
  readonly rootless?: true;
}

const AUTH = Buffer.from('u:file').toString('base64');
const helper = { credHelpers: { HOST: 'openshift' } };
const login = { auths: { HOST: { auth: AUTH } } };
const [X, C, K] = ['run/containers/auth.json', '.config/containers/auth.json', '.docker/config.json'];
const inVariable = (value: unknown) => ({ DOCKER_AUTH_CONFIG: JSON.stringify(value) });

/** Whoever the helper's user is: in containers and CI jobs an engine is run by root, too. */
export const LAYOUTS: readonly Layout[] = [
  { name: "docker's config names the helper", files: { [K]: helper } },
  { name: "podman's own file names the helper", files: { [C]: helper } },
  { name: 'a login in the session file, the helper in docker’s config', files: { [X]: login, [K]: helper } },
  {
    name: 'a login for the image’s namespace in the session file, the helper in docker’s config',
    files: { [X]: { auths: { 'HOST/ns': { auth: AUTH } } }, [K]: helper },
  },
  { name: 'a login in podman’s own file, the helper in docker’s config', files: { [C]: login, [K]: helper } },
  { name: 'a login and the helper in docker’s config', files: { [K]: { ...login, ...helper } } },
  { name: 'a login in docker’s config alone', files: { [K]: login } },
  {
    name: 'an empty entry `{}` in the session file, the helper in docker’s config',
    files: { [X]: { auths: { HOST: {} } }, [K]: helper },
  },
  {
    name: 'REGISTRY_AUTH_FILE names a file without the host, the helper in docker’s config',
    env: { REGISTRY_AUTH_FILE: 'HOME/r.json' },
    files: { 'r.json': { auths: {} }, [K]: helper },
  },
  {
    name: 'REGISTRY_AUTH_FILE names no file, the helper in docker’s config',
    env: { REGISTRY_AUTH_FILE: 'HOME/r.json' },
    files: { [K]: helper },
  },
  {
    name: 'DOCKER_CONFIG leads to a file that names the helper, a login in the session file',
    env: { DOCKER_CONFIG: 'HOME/d' },
    files: { 'd/config.json': helper, [X]: login },
  },
  {
    name: 'DOCKER_CONFIG leads to an empty directory, podman’s own file names the helper',
    env: { DOCKER_CONFIG: 'HOME/d' },
    files: { 'd/': null, [C]: helper },
  },
  {
    name: 'docker’s config names the helper, which is not on the PATH',
    files: { [K]: helper },
    helperIsMissing: true,
  },
  {
    name: 'the same, with a login beside it',
    files: { [K]: { ...login, ...helper } },
    helperIsMissing: true,
  },
  { name: '`credsStore: openshift` in docker’s config', files: { [K]: { credsStore: 'openshift' } } },
  { name: 'the same, with a login beside it', files: { [K]: { ...login, credsStore: 'openshift' } } },
  {
    name: 'a credsStore that is not on the PATH, with a login beside it',
    files: { [K]: { ...login, credsStore: 'nothing' } },
  },
  {
    name: '`username` and `password` in docker’s config',
    files: { [K]: { auths: { HOST: { username: 'u', password: 'file' } } } },
  },
  {
    name: '`username` and `password` in the session file, the helper in docker’s config',
    files: { [X]: { auths: { HOST: { username: 'u', password: 'file' } } }, [K]: helper },
  },
  {
    name: 'an `auth` that is no base64 in docker’s config',
    files: { [K]: { auths: { HOST: { auth: '!' } } } },
  },
  {
    name: 'the same for another host, and a helper for this one',
    files: { [K]: { auths: { 'x.example.com': { auth: '!' } }, ...helper } },
  },
  { name: 'a session file of 0 bytes, the helper in docker’s config', files: { [X]: '', [K]: helper } },
  { name: 'a docker config of 0 bytes', files: { [K]: '' } },
  { name: 'a docker config that is broken', files: { [K]: '{' } },
  {
    name: 'DOCKER_AUTH_CONFIG holds a login, docker’s config names the helper',
    env: inVariable(login),
    files: { [K]: helper },
  },
  {
    name: 'the same, with other fields in the variable',
    env: inVariable({ ...login, credsStore: 'x' }),
    files: { [K]: helper },
  },
  {
    name: 'registries.conf names the helper for all hosts, a login in the session file',
    files: {
      '.config/containers/registries.conf.d/50.conf':
        'credential-helpers = ["openshift", "containers-auth.json"]\n',
      [X]: login,
    },
  },
  {
    name: 'rootless without XDG_RUNTIME_DIR: a login in $TMPDIR/podman-run-UID, the helper in docker’s config',
    rootless: true,
    files: { 'tmp/podman-run-UID/containers/auth.json': login, [K]: helper },
  },
  {
    name: 'rootless without XDG_RUNTIME_DIR: a login in $TMPDIR/storage-run-UID, the helper in docker’s config',
    rootless: true,
    files: { 'tmp/storage-run-UID/containers/auth.json': login, [K]: helper },
  },
  {
    name: 'rootless without XDG_RUNTIME_DIR: a login in $TMPDIR/containers-user-UID, the helper in docker’s config',
    rootless: true,
    files: { 'tmp/containers-user-UID/containers/containers/auth.json': login, [K]: helper },
  },
];

/**
 * Writes a layout's files.
 * @param directory in which they lie
 * @param home the same directory, as the engine sees it
 * @returns the variables, as they are for the engine
 */
export function writeLayout(
  { files, env = {}, rootless }: Layout,
  { directory, home, host, uid }: { directory: string; home: string; host: string; uid: number },
): Record<string, string> {
  const filled = (text: string) =>
    text.replaceAll('HOST', host).replaceAll('HOME', home).replaceAll('UID', `${uid}`);
  const mayGive = process.getuid?.() === 0;
  const give = (path: string) => {
    if (mayGive) chownSync(path, uid, uid);
  };
  const make = (path: string) => {
    if (path === directory) return;
    make(dirname(path));
    mkdirSync(path, { recursive: true, mode: 0o700 });
    give(path);
  };
  for (const name of ['run', 'tmp']) make(join(directory, name));
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, filled(name));
    make(content === null ? path.replace(/\/$/, '') : dirname(path));
    if (content === null) continue;
    writeFileSync(path, filled(typeof content === 'string' ? content : JSON.stringify(content)));
    give(path);
  }
  const session = rootless ? {} : { XDG_RUNTIME_DIR: `${home}/run` };
  const named = Object.entries(env).map(([name, value]) => [name, filled(value)]);
  return { HOME: home, TMPDIR: `${home}/tmp`, ...session, ...Object.fromEntries(named) };
}

/** @returns what an engine of a version does with a layout, by its rules */
export async function endOf(
  layout: Layout,
  engine: Engine,
  version: Version,
  { directory, host, uid }: { directory: string; host: string; uid: number },
): Promise<Winner> {
  const env = writeLayout(layout, { directory, home: directory, host, uid });
  const here = { platform: 'linux', env, uid } as const;
  const factsOf = () => ({ kind: 'other', endsAtMs: undefined, dead: false }) as const;
  const versions = { [engine]: version };
  // What lies in /etc is another machine's.
  const ownNames = (place: string) => (place.startsWith(directory) ? namesIn(place) : []);
  const state = {
    files: await readAuthFiles(here, factsOf, versions),
    registriesConf: await readRegistriesConf(here, ownNames, versions),
    dockerAuthConfig: dockerAuthConfigLogins(here, factsOf),
    versions,
  };
  const isOnPath = (name: string) => name === 'openshift' && layout.helperIsMissing !== true;
  const files = filesOf(engine, state);
  return lookUp({ ...state, engine, version, registry: host, repository: 'ns/app', files, isOnPath }).winner;
}
