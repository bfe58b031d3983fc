import type { EngineDescriptor } from '../rules.ts';

/** nerdctl, which reads docker's config, name by name, and verifies certificates itself. */
export const nerdctl: EngineDescriptor = {
  program: 'nerdctl',
  family: 'nerdctl',
  ifInstalled: true,
  rules: [
    {
      since: [2, 0],
      source: 'seen with 2.3.5; containerd/nerdctl, pkg/imgutil/dockerconfigresolver',
      authFiles: [{ kind: 'docker', places: ['$DOCKER_HOME/config.json'] }],
      registriesConfVariables: [],
      helperNames: ['HOST:443', 'HOST'],
      dockerHub: 'https://index.docker.io/v1/',
      credsStore: true,
      logins: 'by the host in any spelling',
      entryFields: ['auth', 'identitytoken', 'registrytoken', 'password'],
      brokenEntry: 'fails for the whole file',
      brokenFile: 'fails',
      emptyFile: 'ignores it',
      helperMissing: 'goes on anonymously',
      helperFails: 'goes on anonymously',
      storeMissing: 'fails',
      certificates: [
        { path: '/etc/containerd/certs.d', on: 'linux', daemon: 'system' },
        { path: '/etc/docker/certs.d', on: 'linux', daemon: 'system' },
        { path: '$HOME/.config/containerd/certs.d', on: 'linux', daemon: 'rootless' },
        { path: '$HOME/.config/docker/certs.d', on: 'linux', daemon: 'rootless' },
      ],
      shortNames: 'Docker Hub',
      loginWrites: 'docker',
    },
  ],
};
