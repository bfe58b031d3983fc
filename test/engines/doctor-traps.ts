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
  /** The check that names it. */
  readonly check: string;
  /** What it says of it: which file, what is there, and what comes of it. */
  readonly says: RegExp;
  /** What engine and doctor are run by, before their own words: it sets variables, or mounts. */
  readonly within?: (home: EngineHome) => readonly [string, ...string[]];
  /** What the user does, where `--fix` can't. Absent: `--fix` mends it. */
  mend?(place: TrapPlace): Promise<void>;
  /** What happens after the mending, and must do no harm any more. */
  after?(place: TrapPlace): Promise<void>;
}

const X = 'runtime/containers/auth.json';
const C = '.config/containers/auth.json';
const K = '.docker/config.json';
const HELPER = 'bin/docker-credential-openshift';
const FAMILY = ['podman', 'buildah', 'skopeo'] as const;
/** The file lies in the home, and only this process finds it in its place. */
const ROOTS_OWN_FILE = `
  mkdir -p /run/containers && mount -t tmpfs none /run/containers && ln -s "$0/of-root" /run/containers/0 || exit
  exec /usr/bin/env -u XDG_RUNTIME_DIR "$@"`;
const dropIn = (name: string) => `.config/containers/registries.conf.d/${name}.conf`;
const removed =
  (...paths: string[]) =>
  async ({ home }: TrapPlace) => {
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
  check: 'shadowing-logins',
  says: /runtime\/containers\/auth\.json holds a login for .* skopeo send it and never ask the helper/,
});

/** Every trap that podman 4.3, buildah 1.28, skopeo 1.9 and docker 20.10 can be led into. */
export const TRAPS: readonly Trap[] = [
  {
    name: 'a stale login in the file that counts without XDG_RUNTIME_DIR',
    engines: FAMILY,
    set: written('of-root/auth.json', ({ host, stale }) => auths(host, stale)),
    within: ({ directory }) => ['/bin/sh', '-c', ROOTS_OWN_FILE, directory],
    fails: 'public',
    check: 'shadowing-logins',
    says: /^\/run\/containers\/0\/auth\.json holds a login for .* podman, buildah and skopeo send it and never ask the helper/,
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
    check: 'shadowing-logins',
    says: /containers\/auth\.json holds a login for .* skopeo send it and never ask the helper/,
  },
  {
    name: "a stale login in docker's file, which names no helper",
    engines: ['docker', 'podman'],
    async set({ home, host, stale }) {
      await removed(C)({ home, host, stale });
      await home.write(K, auths(host, stale));
    },
    fails: 'public',
    check: 'shadowing-logins',
    says: /config\.json holds a login for .* send it and never asks? the helper/,
  },
  {
    name: 'a stale login in .dockercfg, and no helper named',
    engines: FAMILY,
    async set({ home, host, stale }) {
      await removed(C, K)({ home, host, stale });
      const { auths: logins } = JSON.parse(auths(`https://${host}/v1/`, stale));
      await home.write('.dockercfg', JSON.stringify(logins));
    },
    fails: 'public',
    check: 'shadowing-logins',
    says: /\.dockercfg holds a login for "https:.* send it and never ask the helper/,
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
    check: 'shadowing-logins',
    says: /config\.json holds a login for .* skopeo send it as soon as the helper has no answer/,
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
    check: 'shadowing-logins',
    says: /runtime\/containers\/auth\.json holds a login for .* skopeo send it as soon as the helper has no answer/,
  },
  {
    name: 'a stale login that oc registry login left, before setup',
    engines: ['docker', ...FAMILY],
    async set({ home, host, stale }) {
      await home.run(['docker-credential-openshift', 'setup', '--undo', '--yes']);
      for (const path of [X, K]) await home.write(path, auths(host, stale));
    },
    fails: 'public',
    check: 'stored-logins',
    says: /(?:auth|config)\.json holds a login for .* refuses: its token has ended/,
  },
  {
    name: 'a stale login for a registry that the config keeps anonymous',
    engines: ['docker', ...FAMILY],
    async set({ home, host, stale }) {
      await removed(C)({ home, host, stale });
      const config = JSON.stringify({ registries: { [host]: { anonymous: true } } });
      await home.write('.config/docker-credential-openshift/config.yaml', config);
      for (const path of [X, K]) await home.write(path, auths(host, stale));
    },
    loggedOut: true,
    fails: 'public',
    check: 'shadowing-logins',
    says: /sends? it, although your config keeps \S+ anonymous/,
  },
  {
    name: 'an empty auth.json',
    engines: FAMILY,
    set: written(C, () => ''),
    fails: 'public',
    check: 'broken-files',
    says: /\.config\/containers\/auth\.json is empty.* skopeo fail every pull for which they find no login before/,
  },
  {
    name: 'a broken auth.json',
    engines: FAMILY,
    set: written(C, () => '{"auths": {'),
    fails: 'public',
    check: 'broken-files',
    says: /\.config\/containers\/auth\.json:1:\d+: .* skopeo fail every pull for which they find no login before/,
    mend: removed(C),
  },
  {
    name: "what follows the object in docker's file, by whose beginning docker goes",
    engines: FAMILY,
    async set(place) {
      await removed(C)(place);
      await place.home.write(K, `${credHelpers(place.host)} garbage`);
    },
    fails: 'public',
    check: 'broken-files',
    says: /config\.json:1:\d+: .* docker passes over that, and goes by the rest; podman, buildah and skopeo fail every pull/,
    mend: written(K, ({ host }) => credHelpers(host)),
  },
  {
    name: 'a broken config.json, which docker ignores with all that is in it',
    engines: ['docker'],
    set: written(K, ({ host }) => credHelpers(host).slice(0, -1)),
    fails: 'private',
    check: 'broken-files',
    says: /\.docker\/config\.json:1:\d+: .* docker ignores the whole file/,
    mend: written(K, ({ host }) => credHelpers(host)),
  },
  {
    name: 'the helper named in no file any more, since a logout took along the only one',
    engines: FAMILY,
    async set(place) {
      await removed(C, K)(place);
    },
    fails: 'private',
    check: 'named-helpers',
    says: /No file of podman names the helper for /,
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
    check: 'named-helpers',
    says: /auth\.json names the helper "nothing" for |config\.json names the helper "nothing" for /,
  },
  {
    name: 'the helper named for a URL',
    engines: ['docker', ...FAMILY],
    async set({ home, host }) {
      await removed(C)({ home, host, stale: '' });
      await home.write(K, credHelpers(`https://${host}`));
    },
    fails: 'private',
    check: 'named-helpers',
    says: /config\.json names a helper for "https:.* nothing pulls by that key/,
  },
  {
    name: 'a credsStore that hides a stored login',
    engines: ['docker'],
    set: ({ home, host, stale }) =>
      home.write(K, JSON.stringify({ ...JSON.parse(auths(host, stale)), credsStore: 'nothing' })),
    fails: 'private',
    check: 'creds-store',
    says: /config\.json has the credsStore "nothing", and docker-credential-nothing is not on the PATH/,
    async mend({ home, host }) {
      const done = await home.run(['docker-credential-openshift', 'doctor', host, '--fix', '--yes']);
      if (!done.output.includes('Mended: ')) throw new Error(done.output);
    },
  },
  {
    name: 'a helper that is not on the PATH',
    engines: ['docker', ...FAMILY],
    set: async ({ home }) => rename(join(home.directory, HELPER), join(home.directory, 'away')),
    fails: 'private',
    check: 'helper-on-path',
    says: /^docker-credential-openshift is in no directory of the PATH/,
    mend: ({ home }) => rename(join(home.directory, 'away'), join(home.directory, HELPER)),
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
    check: 'shadowing-logins',
    says: /config\.json holds a login for .* docker sends it and never asks the helper/,
    after: ({ home }) => rename(join(home.directory, 'away'), join(home.directory, HELPER)),
  },
  {
    name: 'a REGISTRY_AUTH_FILE that is not there',
    engines: ['podman', 'buildah'],
    set: async () => {},
    within: ({ directory }) => ['/usr/bin/env', `REGISTRY_AUTH_FILE=${directory}/gone.json`],
    fails: 'public',
    check: 'registry-auth-file',
    says: /^REGISTRY_AUTH_FILE names \S+\/gone\.json, and there is no such file .* fail at once/,
    mend: written('gone.json', () => '{}'),
  },
  {
    name: 'a stale login in the REGISTRY_AUTH_FILE',
    engines: ['podman', 'buildah'],
    set: written('chosen.json', ({ host, stale }) => auths(host, stale)),
    within: ({ directory }) => ['/usr/bin/env', `REGISTRY_AUTH_FILE=${directory}/chosen.json`],
    fails: 'public',
    check: 'shadowing-logins',
    says: /chosen\.json holds a login for .* skopeo send it and never ask the helper/,
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
    check: 'registries-conf',
    says: /50-openshift\.conf names the helper for every registry, and \S+80-other\.conf switches that off/,
    mend: removed(dropIn('80-other')),
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
    check: 'registries-conf',
    says: /50-other\.conf names the helper "nothing", and docker-credential-nothing is not on the PATH/,
    mend: removed(dropIn('50-other')),
    async after({ home, host }) {
      await home.write(C, credHelpers(host));
    },
  },
  {
    name: 'a drop-in of registries.conf that is broken',
    engines: FAMILY,
    set: written(dropIn('50-broken'), () => 'credential-helpers = [\n'),
    fails: 'public',
    check: 'registries-conf',
    says: /50-broken\.conf:1: this is no TOML: .* fail every pull/,
    mend: removed(dropIn('50-broken')),
  },
  {
    name: 'a registry that registries.conf blocks',
    engines: FAMILY,
    set: written(dropIn('50-block'), ({ host }) => `[[registry]]\nlocation = "${host}"\nblocked = true\n`),
    fails: 'public',
    check: 'registries-conf',
    says: /50-block\.conf blocks \S+ .* skopeo refuse to pull from /,
    mend: removed(dropIn('50-block')),
  },
];
