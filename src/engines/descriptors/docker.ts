import type { EngineDescriptor, EngineRules } from '../rules.ts';

// docker/cli: `config.Dir`, `GetCredentialsStore` and `GetAuthConfig` (cli/config/configfile), `fileStore.Get` and
// `ConvertToHostname` (cli/config/credentials); moby: `registry.CertsDir`; Docker Desktop: its manual.

const docker28: EngineRules = {
  since: [28, 3],
  source: 'seen with 28.5.2; the variable: docker/cli pull request 6008',
  authFiles: [{ kind: 'docker', places: ['$DOCKER_HOME/config.json'] }],
  loginVariable: 'DOCKER_AUTH_CONFIG',
  registriesConfVariables: [],
  helperNames: ['HOST'],
  dockerHub: 'https://index.docker.io/v1/',
  credsStore: true,
  logins: 'by the host in any spelling',
  entryFields: ['auth', 'identitytoken', 'registrytoken', 'password'],
  brokenEntry: 'reads no login',
  brokenFile: 'ignores it',
  emptyFile: 'ignores it',
  helperMissing: 'takes the login',
  buildHelperMissing: 'fails',
  helperFails: 'takes the login',
  certificates: [
    { path: '/etc/docker/certs.d', on: 'linux', daemon: 'system' },
    { path: '$HOME/.config/docker/certs.d', on: 'linux', daemon: 'rootless' },
    { path: '$HOME/.docker/certs.d', on: 'darwin' },
  ],
  shortNames: 'Docker Hub',
  loginWrites: 'docker',
};

const { loginVariable: _, buildHelperMissing: __, ...before283 } = docker28;

/** docker, whose daemon verifies certificates and whose client finds the logins. */
export const docker: EngineDescriptor = {
  program: 'docker',
  family: 'docker',
  daemonConfig: [
    { path: '/etc/docker/daemon.json', on: 'linux', daemon: 'system' },
    { path: '$HOME/.config/docker/daemon.json', on: 'linux', daemon: 'rootless' },
    { path: '$HOME/.docker/daemon.json', on: 'darwin' },
  ],
  rules: [
    {
      ...docker28,
      since: [29, 0],
      source: 'seen with 29.7.2',
      helperMissing: 'fails',
      helperFails: 'fails',
    },
    docker28,
    { ...before283, since: [23, 0], source: 'seen with 26.1.5 and 28.2.2' },
    {
      ...before283,
      since: [20, 10],
      source: 'seen with 20.10.24',
      authFiles: [
        ...docker28.authFiles,
        { kind: 'dockercfg', places: ['$HOME/.dockercfg'], ifNoOther: true },
      ],
    },
  ],
};
