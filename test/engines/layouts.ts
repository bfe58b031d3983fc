import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  /** Files of the machine, below its root: there are no others in /etc/containers and /usr/share/containers. */
  readonly system?: Readonly<Record<string, string>>;
}

const AUTH = Buffer.from('u:file').toString('base64');
const helper = { credHelpers: { HOST: 'openshift' } };
const login = { auths: { HOST: { auth: AUTH } } };
const [X, C, K] = ['run/containers/auth.json', '.config/containers/auth.json', '.docker/config.json'];
const OURS = 'credential-helpers = ["openshift", "containers-auth.json"]\n';
const FILES_ALONE = 'credential-helpers = ["containers-auth.json"]\n';
const DROP_INS = 'containers/registries.conf.d';
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
  { name: 'a login in .dockercfg alone', files: { '.dockercfg': { HOST: { auth: AUTH } } } },
  {
    name: 'a login in .dockercfg, a docker config without one',
    files: { '.dockercfg': { HOST: { auth: AUTH } }, [K]: {} },
  },
  {
    name: 'REGISTRY_AUTH_FILE names no file, registries.conf names the helper for all hosts',
    env: { REGISTRY_AUTH_FILE: 'HOME/r.json' },
    files: { '.config/containers/registries.conf.d/50.conf': OURS },
  },
  {
    name: 'podman’s own file is broken, registries.conf names the helper after the files',
    files: {
      [C]: '{',
      '.config/containers/registries.conf.d/50.conf':
        'credential-helpers = ["containers-auth.json", "openshift"]\n',
    },
  },
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
    name: 'an `auth` that is not base64 in docker’s config',
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
      '.config/containers/registries.conf.d/50.conf': OURS,
      [X]: login,
    },
  },
  {
    name: 'a drop-in of /etc names the helper, one of the user’s that comes before by name names files alone',
    files: { [`.config/${DROP_INS}/10.conf`]: FILES_ALONE },
    system: { [`etc/${DROP_INS}/50.conf`]: OURS },
  },
  {
    name: 'a drop-in of /etc names the helper, an empty one of the user’s has the same name',
    files: { [`.config/${DROP_INS}/50.conf`]: '' },
    system: { [`etc/${DROP_INS}/50.conf`]: OURS },
  },
  {
    name: 'a drop-in of /etc names the helper, the user has a registries.conf',
    files: { '.config/containers/registries.conf': '' },
    system: { [`etc/${DROP_INS}/50.conf`]: OURS },
  },
  {
    name: 'a drop-in of /usr/share names the helper',
    files: {},
    system: { [`usr/share/${DROP_INS}/50.conf`]: OURS },
  },
  {
    name: 'a drop-in where XDG_CONFIG_HOME leads to names the helper',
    env: { XDG_CONFIG_HOME: 'HOME/xdg' },
    files: { [`xdg/${DROP_INS}/50.conf`]: OURS },
    system: {},
  },
  {
    name: 'a drop-in of ~/.config names the helper, and XDG_CONFIG_HOME leads elsewhere',
    env: { XDG_CONFIG_HOME: 'HOME/xdg' },
    files: { [`.config/${DROP_INS}/50.conf`]: OURS },
    system: {},
  },
  {
    name: 'a drop-in of /etc for root alone names the helper',
    files: {},
    system: { 'etc/containers/registries.rootful.conf.d/50.conf': OURS },
  },
  {
    name: '/usr/share has a registries.conf that names the helper, /etc has none',
    files: {},
    system: { 'usr/share/containers/registries.conf': OURS },
  },
  {
    name: 'CONTAINERS_REGISTRIES_CONF names files alone, a drop-in of /etc the helper',
    env: { CONTAINERS_REGISTRIES_CONF: 'HOME/r.conf' },
    files: { 'r.conf': FILES_ALONE },
    system: { [`etc/${DROP_INS}/50.conf`]: OURS },
  },
  {
    name: 'the same, the drop-in is the user’s',
    env: { CONTAINERS_REGISTRIES_CONF: 'HOME/r.conf' },
    files: { 'r.conf': FILES_ALONE, [`.config/${DROP_INS}/50.conf`]: OURS },
    system: {},
  },
  {
    name: 'CONTAINERS_REGISTRIES_CONF_OVERRIDE names the helper, a drop-in of the user’s files alone',
    env: { CONTAINERS_REGISTRIES_CONF_OVERRIDE: 'HOME/r.conf' },
    files: { 'r.conf': OURS, [`.config/${DROP_INS}/50.conf`]: FILES_ALONE },
    system: {},
  },
  {
    name: 'REGISTRIES_CONFIG_PATH names the helper',
    env: { REGISTRIES_CONFIG_PATH: 'HOME/r.conf' },
    files: { 'r.conf': OURS },
    system: {},
  },
  {
    name: 'CONTAINERS_REGISTRIES_CONF names the helper',
    env: { CONTAINERS_REGISTRIES_CONF: 'HOME/r.conf' },
    files: { 'r.conf': OURS },
    system: {},
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

/** Where alone a registry's authority lies: below the home, or in one of the machine's places. */
export const CERTIFICATE_LAYOUTS: readonly {
  readonly path: string;
  readonly env?: Readonly<Record<string, string>>;
}[] = [
  { path: '.config/containers/certs.d' },
  { path: '.config/containers/certs.d', env: { XDG_CONFIG_HOME: '/tmp/engine-layouts/xdg' } },
  { path: 'xdg/containers/certs.d', env: { XDG_CONFIG_HOME: '/tmp/engine-layouts/xdg' } },
  { path: '/etc/containers/certs.d' },
  { path: '/etc/containers/certs.rootful.d' },
  { path: '/usr/share/containers/certs.d' },
];

/**
 * Writes a layout's files.
 * @param directory in which they lie
 * @param home the same directory, as the engine sees it
 * @returns the variables, as they are for the engine
 */
export function writeLayout(
  { files, env = {}, rootless, system = {} }: Layout,
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
  for (const [name, text] of Object.entries(system)) {
    const path = join(directory, SYSTEM, name);
    make(dirname(path));
    writeFileSync(path, text);
  }
  const session = rootless ? {} : { XDG_RUNTIME_DIR: `${home}/run` };
  const named = Object.entries(env).map(([name, value]) => [name, filled(value)]);
  return { HOME: home, TMPDIR: `${home}/tmp`, ...session, ...Object.fromEntries(named) };
}

/** Below a layout's directory: what is in the machine's own places. */
export const SYSTEM = 'system';

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
  // What lies in /etc here is another machine's.
  const placed = (path: string) => (path.startsWith(directory) ? path : join(directory, SYSTEM, path));
  const textOf = async (path: string) =>
    existsSync(placed(path)) ? readFileSync(placed(path), 'utf8') : null;
  const state = {
    files: await readAuthFiles(here, factsOf, versions),
    registriesConf: await readRegistriesConf(here, (path) => namesIn(placed(path)), versions, textOf),
    dockerAuthConfig: dockerAuthConfigLogins(here, factsOf),
    versions,
  };
  const isOnPath = (name: string) => name === 'openshift' && layout.helperIsMissing !== true;
  const files = filesOf(engine, state);
  return lookUp({ ...state, engine, version, registry: host, repository: 'ns/app', files, isOnPath }).winner;
}
