import type { EngineHome } from './engine-home.ts';
import { programPaths } from './engine-machine.ts';
import type { ProgramResult } from './run-program.ts';

export type EngineName = 'podman' | 'buildah' | 'skopeo' | 'docker';

/** A container engine, as a person uses it. Images are `HOST/NAMESPACE/NAME:TAG`. */
export interface Engine {
  readonly name: EngineName;
  /** Below HOME: the file in which it keeps `auths` from a login. */
  readonly loginFile: string;
  /** Below HOME: the file that names its helpers. */
  readonly helperFile: string;
  /** Asks the registry every time, whatever is there already. */
  pull(home: EngineHome, image: string): Promise<ProgramResult>;
  /** Pushes an image that was pulled before under another name. */
  push(home: EngineHome, image: string, target: string): Promise<ProgramResult>;
  /** Builds the Dockerfile in the directory, always asking the registry for its base image. */
  build?(home: EngineHome, directory: string): Promise<ProgramResult>;
  login(home: EngineHome, host: string, username: string, token: string): Promise<ProgramResult>;
  logout(home: EngineHome, host: string): Promise<ProgramResult>;
  /** Prints whose login it has. */
  getLogin?(home: EngineHome, host: string): Promise<ProgramResult>;
}

const containersLogin = 'runtime/containers/auth.json';
const containersHelpers = '.config/containers/auth.json';
const { podman, buildah, skopeo, docker } = programPaths;

const getLogin = (program: string): Pick<Engine, 'getLogin'> => ({
  getLogin: (home, host) => home.run([program, 'login', '--get-login', host]),
});

function logins(program: string): Pick<Engine, 'login' | 'logout'> {
  return {
    login: (home, host, username, token) =>
      home.run([program, 'login', '--username', username, '--password-stdin', host], token),
    logout: (home, host) => home.run([program, 'logout', host]),
  };
}

export const engines: readonly Engine[] = [
  {
    name: 'podman',
    loginFile: containersLogin,
    helperFile: containersHelpers,
    pull: (home, image) => home.run([podman, 'pull', image]),
    push: (home, image, target) => home.run([podman, 'push', image, target]),
    build: (home, directory) => home.run([podman, 'build', '--pull-always', directory]),
    ...logins(podman),
    ...getLogin(podman),
  },
  {
    name: 'buildah',
    loginFile: containersLogin,
    helperFile: containersHelpers,
    pull: (home, image) => home.run([buildah, 'pull', '--policy=always', image]),
    push: (home, image, target) => home.run([buildah, 'push', image, `docker://${target}`]),
    build: (home, directory) => home.run([buildah, 'build', '--pull-always', directory]),
    ...logins(buildah),
    ...getLogin(buildah),
  },
  {
    name: 'skopeo',
    loginFile: containersLogin,
    helperFile: containersHelpers,
    pull: (home, image) => home.run([skopeo, 'copy', `docker://${image}`, `dir:${home.directory}/tmp/image`]),
    push: (home, image, target) => home.run([skopeo, 'copy', `docker://${image}`, `docker://${target}`]),
    ...logins(skopeo),
    ...getLogin(skopeo),
  },
  {
    name: 'docker',
    loginFile: '.docker/config.json',
    helperFile: '.docker/config.json',
    pull: (home, image) => home.run([docker, 'pull', image]),
    async push(home, image, target) {
      const tagged = await home.run([docker, 'tag', image, target]);
      return tagged.status === 0 ? home.run([docker, 'push', target]) : tagged;
    },
    build: (home, directory) => home.run([docker, 'build', '--pull', directory]),
    ...logins(docker),
  },
];

export function engineNamed(name: EngineName): Engine {
  return engines.find((engine) => engine.name === name) as Engine;
}
