import { DOCKER_HUB, DOCKER_HUB_KEY } from '../../registry/docker-hub.ts';
import { hostInKey } from '../../registry/host-in-key.ts';
import type { StoredLogin } from '../engine-state.ts';
import { DOCKER_AUTH_CONFIG } from './docker-auth-config.ts';
import {
  emptiness,
  type Look,
  type LookupRequest,
  loginWins,
  quoted,
  type Trace,
  traceOf,
} from './trace-lookup.ts';

/**
 * How docker comes by a registry's credentials. Source: docker/cli `GetCredentialsStore` and `GetAuthConfig`
 * (cli/config/configfile/file.go), `fileStore.Get` and `ConvertToHostname` (cli/config/credentials); seen with 20.10
 * and 28.2, and from its source alone for 29.
 */
export function traceDocker(request: LookupRequest): Trace {
  return traceOf(looks(request));
}

function* looks({ version, registry, files, dockerAuthConfig, isOnPath }: LookupRequest): Generator<Look> {
  const key = registry === DOCKER_HUB ? DOCKER_HUB_KEY : registry;
  yield* inVariable(key, version, dockerAuthConfig);
  const [file] = files;
  if (file === undefined) return;
  const lookedFor = `credHelpers ${quoted([key])}, then credsStore, then auths`;
  const where = file.path;
  const nothing = emptiness(file);
  if (nothing !== undefined) {
    yield { where, lookedFor, found: nothing, outcome: 'it goes on anonymously' };
    return;
  }
  if (file.failsFor.includes('docker')) {
    yield {
      where,
      lookedFor,
      found: 'the file is broken',
      outcome: 'docker ignores it with a warning, and goes on anonymously',
    };
    return;
  }
  const named = file.helpers.findLast((entry) => entry.key === key)?.helper;
  const login = matching(key, file.logins);
  const helper = named ?? file.credsStore;
  if (helper !== undefined && helper !== '') {
    const how = named === undefined ? 'credsStore' : 'credHelpers';
    yield* byHelper({ helper, how, where, version, login, isOnPath: isOnPath(helper) });
    return;
  }
  yield login === undefined
    ? { where, lookedFor, found: 'none of them names it', outcome: 'it goes on anonymously' }
    : {
        where,
        lookedFor,
        found: `the stored login "${login.key}"`,
        outcome: 'it sends that',
        winner: loginWins(login, where),
      };
}

function* inVariable(
  key: string,
  version: LookupRequest['version'],
  logins: readonly StoredLogin[] | 'broken' | undefined,
): Generator<Look> {
  if (logins === undefined || !heedsAuthConfig(version)) return;
  const step = { where: DOCKER_AUTH_CONFIG, lookedFor: quoted([key]) };
  const login = logins === 'broken' ? undefined : logins.find((entry) => entry.key === key);
  if (login !== undefined) {
    const found = 'a login, which beats all files and helpers';
    yield { ...step, found, outcome: 'it sends that', winner: loginWins(login, step.where) };
  } else {
    const found = logins === 'broken' ? 'it is no JSON that docker can read' : 'it does not name it';
    yield { ...step, found, outcome: 'it looks into its file' };
  }
}

/**
 * Whether a version of docker takes logins from `DOCKER_AUTH_CONFIG`: from 28.3 on (docker/cli pull request 6008);
 * 28.2 was tried, and does not.
 */
export function heedsAuthConfig([major, minor]: LookupRequest['version']): boolean {
  return major > 28 || (major === 28 && minor >= 3);
}

function* byHelper(at: {
  helper: string;
  how: 'credsStore' | 'credHelpers';
  where: string;
  version: LookupRequest['version'];
  login: StoredLogin | undefined;
  isOnPath: boolean;
}): Generator<Look> {
  const { helper, how, where, login } = at;
  const program = `docker-credential-${helper}`;
  const hidden = login === undefined ? '' : `, which hides the stored login "${login.key}"`;
  const step = {
    where,
    lookedFor: how === 'credsStore' ? 'credHelpers, then credsStore' : 'credHelpers',
    found: `${how} names the helper "${helper}"${hidden}`,
  };
  const winner = { kind: 'helper', helper, where } as const;
  if (at.isOnPath) {
    yield { ...step, outcome: `it asks ${program}, whose "not found" means anonymously`, winner };
  } else if (at.version[0] >= 29) {
    const why = `${program} is not on its PATH`;
    yield { ...step, outcome: `${why}: the pull fails`, winner: { kind: 'error', why } };
  } else if (login !== undefined) {
    const outcome = `${program} is not on its PATH: without a word it sends the stored login "${login.key}"`;
    yield { ...step, outcome, winner: loginWins(login, where) };
  } else {
    yield { ...step, outcome: `${program} is not on its PATH: without a word it goes on anonymously` };
  }
}

/** The entry by its very key, else any whose host it is once scheme and path are off. */
function matching(key: string, logins: readonly StoredLogin[]): StoredLogin | undefined {
  const full = logins.filter(({ secret }) => secret !== undefined);
  return full.find((login) => login.key === key) ?? full.find((login) => hostInKey(login.key) === key);
}
