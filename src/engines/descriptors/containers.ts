import type { AuthFileRule, CertificateRule, EngineDescriptor, EngineRules } from '../rules.ts';

// podman, buildah and skopeo look logins up by one library (containers/image, now container-libs; `pkg/docker/config`:
// `getAuthFilePaths`, `findCredentialsInFile`, `decodeDockerAuth`), of different versions and with different defaults.

/** The default of `--authfile` (containers/common, `auth.GetDefaultAuthFile`); the second in podman and buildah alone. */
const CHOSEN = { kind: 'chosen', places: ['$REGISTRY_AUTH_FILE', '$DOCKER_CONFIG/config.json'] } as const;
const CHOSEN_BY_ONE = { ...CHOSEN, places: ['$REGISTRY_AUTH_FILE'] } as const;

/** podman 4: `util.GetRuntimeDir`; 5, and buildah: containers/storage, `homedir.GetRuntimeDir`; buildah 1.28: by strace. */
const session = (withoutRuntimeDirectory: AuthFileRule['places']): AuthFileRule => ({
  kind: 'session',
  places: ['$XDG_RUNTIME_DIR/containers/auth.json', ...withoutRuntimeDirectory],
  on: 'linux',
});
const OF_MACHINE = '/run/containers/$UID/auth.json';
const inDirectory = (own: string) => ({ own, file: 'containers/auth.json' });
const IN_RUN_USER = inDirectory('/run/user/$ROOTLESS_UID');

const LASTING: readonly AuthFileRule[] = [
  // Elsewhere than on Linux its first file is in HOME, whatever XDG_CONFIG_HOME says.
  { kind: 'own', places: ['$HOME/.config/containers/auth.json'], on: 'others' },
  { kind: 'own', places: ['$CONFIG_HOME/containers/auth.json'] },
  { kind: 'docker', places: ['$DOCKER_HOME/config.json'] },
  { kind: 'dockercfg', places: ['$HOME/.dockercfg'] },
];

/** containers/image, `dockerCertDir`. On macOS and Windows engines run in a machine of their own. */
const CERTIFICATES: readonly CertificateRule[] = [
  { path: '$HOME/.config/containers/certs.d', on: 'linux' },
  { path: '/etc/containers/certs.d', on: 'linux' },
  { path: '/etc/docker/certs.d', on: 'linux' },
];
/** container-libs, `configfile.Directory`: what is for root alone, or for others alone, comes first. */
const CERTIFICATES_6: readonly CertificateRule[] = [
  { path: '$CONFIG_HOME/containers/certs.d', on: 'linux' },
  ...['/etc/containers', '/usr/share/containers'].flatMap((directory): CertificateRule[] => [
    { path: `${directory}/certs.$ROOTMODE.d/$ROOTLESS_UID`, on: 'linux' },
    { path: `${directory}/certs.$ROOTMODE.d`, on: 'linux' },
    { path: `${directory}/certs.d`, on: 'linux' },
  ]),
  { path: '/etc/docker/certs.d', on: 'linux' },
];

/** containers/common, `libimage.setRegistriesConfPath`; skopeo has none of it. */
const REGISTRIES_VARIABLES = ['CONTAINERS_REGISTRIES_CONF', 'REGISTRIES_CONFIG_PATH'];

const common = {
  registriesConf: 'one directory after another',
  registriesConfVariables: REGISTRIES_VARIABLES,
  helperNames: ['HOST'],
  dockerHub: 'docker.io',
  credsStore: false,
  logins: 'by namespaces, then the host',
  // An identity token counts beside an `auth` that has a colon, and not alone (seen with 4.3, 5.4 and 5.8).
  entryFields: ['auth'],
  brokenEntry: 'fails',
  brokenFile: 'fails',
  emptyFile: 'fails',
  helperMissing: 'fails',
  helperFails: 'fails',
  certificates: CERTIFICATES,
  shortNames: 'registries.conf',
  loginWrites: 'session',
} as const satisfies Partial<EngineRules>;
const since6 = {
  registriesConf: 'all sorted by name',
  registriesConfVariables: ['CONTAINERS_REGISTRIES_CONF'],
  certificates: CERTIFICATES_6,
} as const;

const SESSION_5 = session([IN_RUN_USER, inDirectory('$TMP/storage-run-$ROOTLESS_UID'), OF_MACHINE]);

const podman5: EngineRules = {
  ...common,
  since: [5, 0],
  source: 'seen with 5.4.2 and 5.8.6',
  authFiles: [{ ...CHOSEN, insteadOf: 'all' }, SESSION_5, ...LASTING],
};

/** podman, which stands for its family. */
export const podman: EngineDescriptor = {
  program: 'podman',
  family: 'podman',
  rules: [
    {
      ...podman5,
      ...since6,
      since: [6, 0],
      source: 'seen with 6.1.1; container-libs pull request 773',
    },
    podman5,
    {
      ...common,
      since: [4, 0],
      source: 'seen with 4.3.1',
      authFiles: [
        { ...CHOSEN, insteadOf: 'session', mustBeThere: true },
        session([IN_RUN_USER, inDirectory('$TMP/podman-run-$ROOTLESS_UID'), OF_MACHINE]),
        ...LASTING,
      ],
    },
  ],
};

const buildah139: EngineRules = {
  ...common,
  since: [1, 34],
  source: 'seen with 1.39.3 and 1.43.2',
  authFiles: [{ ...CHOSEN, insteadOf: 'all', mustBeThere: true }, SESSION_5, ...LASTING],
};

/** buildah, which wants the file that a variable names to be there. */
export const buildah: EngineDescriptor = {
  program: 'buildah',
  family: 'podman',
  rules: [
    { ...buildah139, ...since6, since: [1, 44], source: 'seen with 1.45.0' },
    buildah139,
    {
      ...common,
      since: [1, 0],
      source: 'seen with 1.28.2',
      authFiles: [
        { ...CHOSEN, insteadOf: 'session', mustBeThere: true },
        session([
          { own: '$VAR_TMP/containers-user-$ROOTLESS_UID', file: 'containers/containers/auth.json' },
          OF_MACHINE,
        ]),
        ...LASTING,
      ],
    },
  ],
};

/** skopeo, for which DOCKER_CONFIG moves docker's file and nothing else. */
export const skopeo: EngineDescriptor = {
  program: 'skopeo',
  family: 'podman',
  rules: [
    {
      ...common,
      since: [1, 14],
      source: 'seen with 1.18.0 and 1.22.0',
      shortNames: 'Docker Hub',
      registriesConfVariables: [],
      authFiles: [{ ...CHOSEN_BY_ONE, insteadOf: 'all' }, session([OF_MACHINE]), ...LASTING],
    },
    {
      ...common,
      since: [1, 0],
      source: 'seen with 1.9.3',
      shortNames: 'Docker Hub',
      registriesConfVariables: [],
      authFiles: [{ ...CHOSEN_BY_ONE, insteadOf: 'session' }, session([OF_MACHINE]), ...LASTING],
    },
  ],
};
