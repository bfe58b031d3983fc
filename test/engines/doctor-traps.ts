import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineHome } from './engine-home.ts';
import { auths, credHelpers } from './engine-world.ts';
import type { EngineName } from './engines.ts';

/** What a trap is set with. */
export interface TrapPlace {
  readonly home: EngineHome;
  readonly host: string;
  /** A token that has ended. */
  readonly stale: string;
  /** Alice's, that has not. */
  readonly live: string;
}

/** A way in which pulls stop working, and what `doctor` says and does about it. */
export interface Trap {
  readonly name: string;
  /** Engines that fall into it. */
  readonly engines: readonly EngineName[];
  /** Sets it, after `setup`. */
  set(place: TrapPlace): Promise<void>;
  /** Which pull fails then: of an image of alice's own, or even of a public one. */
  readonly fails: 'private' | 'public';
  /** Alice's login has ended: the helper has no credential to give. */
  readonly loggedOut?: true;
  /** The code of the finding. */
  readonly code: string;
  /** What it names: which file, and what is there. */
  readonly names: RegExp;
  /** What engine and doctor are run by, before their own words: it sets variables, or mounts. */
  readonly within?: (home: EngineHome) => readonly [string, ...string[]];
  /** What the user does, where `--fix` can't. Absent: `--fix` does it. */
  fix?(place: TrapPlace): Promise<void>;
  /** What happens after the fixing, and must do no harm any more. */
  after?(place: TrapPlace): Promise<void>;
}

const X = 'runtime/containers/auth.json';
const C = '.config/containers/auth.json';
const K = '.docker/config.json';
const HELPER = 'bin/docker-credential-openshift';
const FAMILY = ['podman', 'buildah', 'skopeo'] as const;
/** The file lies in the home, and only this process finds it in its place. */
const ROOTS_OWN_FILE = `
  mkdir -p /run/containers && mount -t tmpfs none /run/containers &&
    mkdir /run/containers/0 && mount --bind "$0/of-root" /run/containers/0 || exit
  exec /usr/bin/env -u XDG_RUNTIME_DIR "$@"`;
const dropIn = (name: string) => `.config/containers/registries.conf.d/${name}.conf`;
const removed =
  (...paths: string[]) =>
  async ({ home }: Pick<TrapPlace, 'home'>) => {
    for (const path of paths) await rm(join(home.directory, path), { force: true });
  };
const written =
  (path: string, text: (place: TrapPlace) => string) =>
  ({ home, ...rest }: TrapPlace) =>
    home.write(path, text({ home, ...rest }));

/** A login for a key that podman takes for the host, in the file it reads first. */
const shadow = (spelling: string, key: (host: string) => string): Trap => ({
  name: `a stale login ${spelling} in podman's first file`,
  engines: FAMILY,
  set: written(X, ({ host, stale }) => auths(key(host), stale)),
  fails: 'public',
  code: 'login-overrides-helper',
  names: /runtime\/containers\/auth\.json/,
});

/** Every trap that podman 4.3, buildah 1.28, skopeo 1.9 and docker 20.10 can be led into. */
export const TRAPS: readonly Trap[] = [
  {
    name: 'a stale login in the file that counts without XDG_RUNTIME_DIR',
    engines: FAMILY,
    set: written('of-root/auth.json', ({ host, stale }) => auths(host, stale)),
    within: ({ directory }) => ['/bin/sh', '-c', ROOTS_OWN_FILE, directory],
    fails: 'public',
    code: 'login-overrides-helper',
    names: /^\/run\/containers\/0\/auth\.json/,
  },
  shadow('for the host', (host) => host),
  shadow('for a namespace', (host) => `${host}/public-ns`),
  shadow('for a URL', (host) => `https://${host}`),
  shadow('for an old URL', (host) => `https://${host}/v1/`),
  {
    name: "a stale login in podman's lasting file, and the helper in docker's alone",
    engines: FAMILY,
    set: written(C, ({ host, stale }) => auths(host, stale)),
    fails: 'public',
    code: 'login-overrides-helper',
    names: /containers\/auth\.json/,
  },
  {
    name: "a stale login in docker's file, which names no helper",
    engines: ['docker', 'podman'],
    async set({ home, host, stale }) {
      await removed(C)({ home });
      await home.write(K, auths(host, stale));
    },
    fails: 'public',
    code: 'login-overrides-helper',
    names: /config\.json/,
  },
  {
    name: 'a stale login in .dockercfg, and no helper named',
    engines: FAMILY,
    async set({ home, host, stale }) {
      await removed(C, K)({ home });
      const { auths: logins } = JSON.parse(auths(`https://${host}/v1/`, stale));
      await home.write('.dockercfg', JSON.stringify(logins));
    },
    fails: 'public',
    code: 'login-overrides-helper',
    names: /\.dockercfg holds a login for "https:/,
  },
  {
    name: 'a login whose auth is not base64',
    engines: FAMILY,
    set: written(X, ({ host }) => JSON.stringify({ auths: { [host]: { auth: '???' } } })),
    fails: 'public',
    code: 'login-not-base64',
    names: /runtime\/containers\/auth\.json/,
  },
  {
    name: 'a token that is good, but for a line break at its end',
    engines: ['docker', ...FAMILY],
    async set({ home, host, live }) {
      const text = JSON.stringify({ auths: { [host]: { auth: btoa(`alice:${live}\n`) } } });
      for (const path of [X, K]) await home.write(path, text);
    },
    fails: 'public',
    code: 'login-overrides-helper',
    names: /\.json holds a login for .*, whose secret ends in a line break$/,
  },
  {
    name: 'a stale login behind the helper, which has no credential',
    engines: FAMILY,
    async set({ home, host, stale }) {
      await home.write(C, credHelpers(host));
      await home.write(K, auths(host, stale));
    },
    loggedOut: true,
    fails: 'public',
    code: 'login-overrides-helper',
    names: /config\.json/,
  },
  {
    name: 'a stale login behind a helper for every registry, which has no credential',
    engines: FAMILY,
    async set({ home, host, stale }) {
      await home.write(
        dropIn('50-openshift'),
        'credential-helpers = ["openshift", "containers-auth.json"]\n',
      );
      await home.write(X, auths(host, stale));
    },
    loggedOut: true,
    fails: 'public',
    code: 'login-behind-helper',
    names: /runtime\/containers\/auth\.json/,
  },
  {
    // Engines alone trust the registry here, so that it is not asked whether the login is good.
    name: 'a stale login that oc registry login left, before setup',
    engines: ['docker', ...FAMILY],
    async set({ home, host, stale }) {
      await home.run(['docker-credential-openshift', 'setup', '--undo', '--yes']);
      for (const path of [X, K]) await home.write(path, auths(host, stale));
    },
    fails: 'public',
    code: 'login-overrides-helper',
    names: /(?:auth|config)\.json/,
  },
  {
    name: 'a stale login for a registry that the config keeps anonymous',
    engines: ['docker', ...FAMILY],
    async set({ home, host, stale }) {
      await removed(C)({ home });
      const config = JSON.stringify({ registries: { [host]: { anonymous: true } } });
      await home.write('.config/docker-credential-openshift/config.yaml', config);
      for (const path of [X, K]) await home.write(path, auths(host, stale));
    },
    loggedOut: true,
    fails: 'public',
    code: 'login-overrides-helper',
    names: /\.json/,
  },
  {
    name: 'an empty auth.json',
    engines: FAMILY,
    set: written(C, () => ''),
    fails: 'public',
    code: 'file-empty',
    names: /\.config\/containers\/auth\.json/,
  },
  {
    name: 'a broken auth.json',
    engines: FAMILY,
    set: written(C, () => '{"auths": {'),
    fails: 'public',
    code: 'file-broken',
    names: /\.config\/containers\/auth\.json:1:\d+: /,
    fix: removed(C),
  },
  {
    name: "what follows the object in docker's file, by whose beginning docker goes",
    engines: FAMILY,
    async set(place) {
      await removed(C)(place);
      await place.home.write(K, `${credHelpers(place.host)} garbage`);
    },
    fails: 'public',
    code: 'file-broken',
    names: /config\.json:1:\d+: /,
    fix: written(K, ({ host }) => credHelpers(host)),
  },
  {
    name: 'a broken config.json, which docker ignores with all that is in it',
    engines: ['docker'],
    set: written(K, ({ host }) => credHelpers(host).slice(0, -1)),
    fails: 'private',
    code: 'file-broken',
    names: /\.docker\/config\.json:1:\d+: /,
    fix: written(K, ({ host }) => credHelpers(host)),
  },
  {
    name: 'the helper named in no file any more, since a logout took along the only one',
    engines: FAMILY,
    async set(place) {
      await removed(C, K)(place);
    },
    fails: 'private',
    code: 'helper-not-named',
    names: /^No file of podman/,
  },
  {
    name: 'another helper named for the host',
    engines: ['docker', ...FAMILY],
    async set({ home, host }) {
      const text = JSON.stringify({ credHelpers: { [host]: 'nothing' } });
      await home.write(K, text);
      await home.write(C, text);
    },
    fails: 'private',
    code: 'other-helper-named',
    names: /(?:auth|config)\.json names the helper "nothing" for /,
  },
  {
    name: 'the helper named for a URL',
    engines: ['docker', ...FAMILY],
    async set({ home, host }) {
      await removed(C)({ home });
      await home.write(K, credHelpers(`https://${host}`));
    },
    fails: 'private',
    code: 'helper-key-unused',
    names: /config\.json names a helper for "https:/,
  },
  {
    name: 'a credsStore that overrides a stored login',
    engines: ['docker'],
    set: ({ home, host, stale }) =>
      home.write(K, JSON.stringify({ ...JSON.parse(auths(host, stale)), credsStore: 'nothing' })),
    fails: 'private',
    code: 'creds-store-missing',
    names: /config\.json has the credsStore "nothing"/,
    async fix({ home, host }) {
      const done = await home.run(['docker-credential-openshift', 'doctor', host, '--fix', '--yes']);
      if (!done.output.includes('Fixed: ')) throw new Error(done.output);
    },
  },
  {
    name: 'a helper that is not on the PATH',
    engines: ['docker', ...FAMILY],
    set: async ({ home }) => rename(join(home.directory, HELPER), join(home.directory, 'away')),
    fails: 'private',
    code: 'helper-not-on-path',
    names: /^docker-credential-openshift /,
    fix: ({ home }) => rename(join(home.directory, 'away'), join(home.directory, HELPER)),
  },
  {
    name: 'a helper that is not on the PATH, and a stale login that docker takes instead',
    engines: ['docker'],
    async set({ home, host, stale }) {
      await home.write(
        K,
        JSON.stringify({ ...JSON.parse(auths(host, stale)), ...JSON.parse(credHelpers(host)) }),
      );
      await rename(join(home.directory, HELPER), join(home.directory, 'away'));
    },
    fails: 'public',
    code: 'login-overrides-helper',
    names: /config\.json/,
    after: ({ home }) => rename(join(home.directory, 'away'), join(home.directory, HELPER)),
  },
  {
    name: 'a REGISTRY_AUTH_FILE that is not there',
    engines: ['podman', 'buildah'],
    set: async () => {},
    within: ({ directory }) => ['/usr/bin/env', `REGISTRY_AUTH_FILE=${directory}/gone.json`],
    fails: 'public',
    code: 'named-auth-file-missing',
    names: /^REGISTRY_AUTH_FILE names \S+\/gone\.json/,
    fix: written('gone.json', () => '{}'),
  },
  {
    name: 'a stale login in the REGISTRY_AUTH_FILE',
    engines: ['podman', 'buildah'],
    set: written('chosen.json', ({ host, stale }) => auths(host, stale)),
    within: ({ directory }) => ['/usr/bin/env', `REGISTRY_AUTH_FILE=${directory}/chosen.json`],
    fails: 'public',
    code: 'login-overrides-helper',
    names: /chosen\.json/,
  },
  {
    name: 'a drop-in of registries.conf that a later one switches off',
    engines: FAMILY,
    async set(place) {
      await removed(C, K)(place);
      const { home } = place;
      await home.write(
        dropIn('50-openshift'),
        'credential-helpers = ["openshift", "containers-auth.json"]\n',
      );
      await home.write(dropIn('80-other'), 'credential-helpers = ["containers-auth.json"]\n');
    },
    fails: 'private',
    code: 'helpers-overridden',
    names: /50-openshift\.conf .* \S+80-other\.conf/,
    fix: removed(dropIn('80-other')),
  },
  {
    name: 'a helper of registries.conf that is not on the PATH',
    engines: FAMILY,
    async set(place) {
      await removed(C, K)(place);
      await place.home.write(
        dropIn('50-other'),
        'credential-helpers = ["nothing", "containers-auth.json"]\n',
      );
    },
    fails: 'public',
    code: 'registries-conf-helper-missing',
    names: /50-other\.conf names the helper "nothing"/,
    fix: removed(dropIn('50-other')),
    async after({ home, host }) {
      await home.write(C, credHelpers(host));
    },
  },
  {
    name: 'a drop-in of registries.conf that is broken',
    engines: FAMILY,
    set: written(dropIn('50-broken'), () => 'credential-helpers = [\n'),
    fails: 'public',
    code: 'registries-conf-broken',
    names: /50-broken\.conf:1: /,
    fix: removed(dropIn('50-broken')),
  },
  {
    name: 'a registry that registries.conf blocks',
    engines: FAMILY,
    set: written(dropIn('50-block'), ({ host }) => `[[registry]]\nlocation = "${host}"\nblocked = true\n`),
    fails: 'public',
    code: 'registry-blocked',
    names: /50-block\.conf blocks/,
    fix: removed(dropIn('50-block')),
  },
];
