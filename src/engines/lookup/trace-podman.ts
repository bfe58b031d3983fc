import { FILES_AS_HELPER } from '../../hosts/helper-names.ts';
import { hostInKey } from '../../registry/host-in-key.ts';
import { rewritten, tableFor } from '../../registry/registry-tables.ts';
import type { AuthFile, StoredLogin } from '../engine-state.ts';
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
 * How podman, buildah and skopeo come by a registry's credentials. Source: containers/image `pkg/docker/config`
 * (`getCredentialsWithHomeDir`, `findCredentialsInFile`, `getAuthFilePaths`) and `pkg/sysregistriesv2`; seen with
 * podman 4.3, and from its source alone for 5.
 */
export function tracePodman(request: LookupRequest): Trace {
  return traceOf(looks(request));
}

function* looks(request: LookupRequest): Generator<Look> {
  const [broken] = request.registriesConf.broken;
  if (broken !== undefined) {
    yield {
      where: broken.path,
      lookedFor: 'registries and helpers',
      found: 'the file is broken',
      outcome: 'podman gives up',
      winner: { kind: 'error', why: broken.fault },
    };
    return;
  }
  const aim = yield* inTables(request);
  if (aim !== undefined) yield* byHelpers(aim);
}

/** @returns what is asked for in the end, under another name where registries.conf says so; undefined: nothing is */
function* inTables(request: LookupRequest): Generator<Look, LookupRequest | undefined> {
  const { registry, repository, registriesConf } = request;
  const name = [registry, ...(repository === undefined ? [] : [repository])].join('/');
  const table = tableFor(name, registriesConf.tables);
  const asked = table === undefined ? name : rewritten(name, table);
  if (table !== undefined && (asked !== name || table.mirrors.length > 0)) {
    const mirrors =
      table.mirrors.length === 0
        ? ''
        : `it asks ${table.mirrors.join(', ')} first, with the logins of those, then `;
    yield {
      where: table.path,
      lookedFor: `[[registry]] tables for ${name}`,
      found: `one with the prefix "${table.prefix}"`,
      outcome: `${mirrors}it asks ${asked}${asked === name ? '' : ` instead, with the login of ${hostInKey(asked)}`}`,
    };
  }
  const last = tableFor(asked, registriesConf.tables);
  if (last?.blocked !== true) {
    const [host = '', ...rest] = asked.split('/');
    return { ...request, registry: host, repository: rest.length === 0 ? undefined : rest.join('/') };
  }
  const why = `${last.path} blocks ${last.prefix}`;
  yield {
    where: last.path,
    lookedFor: `[[registry]] tables for ${asked}`,
    found: `"${last.prefix}" is blocked`,
    outcome: 'podman gives up',
    winner: { kind: 'error', why },
  };
  return undefined;
}

function* byHelpers(request: LookupRequest): Generator<Look> {
  const { registriesConf, isOnPath, registry } = request;
  const { helpers, path } = registriesConf;
  let missing: string | undefined;
  for (const [index, helper] of helpers.entries()) {
    if (helper === FILES_AS_HELPER) {
      yield* inFiles(request);
      continue;
    }
    const isLast = index === helpers.length - 1;
    const program = `docker-credential-${helper}`;
    const where = path ?? 'registries.conf';
    const step = { where, lookedFor: 'credential-helpers', found: `"${helper}", for every registry` };
    const after = isLast ? 'means anonymously' : 'makes it look on';
    if (isOnPath(helper)) {
      const outcome = `it asks ${program} for ${registry}, whose "not found" ${after}`;
      yield { ...step, outcome, winner: { kind: 'helper', helper, where } };
    } else {
      // Its error is remembered, and ends the pull only if nobody else has a credential.
      missing ??= program;
      yield { ...step, outcome: `${program} is not on its PATH; it looks on, and fails if it finds nothing` };
    }
  }
  if (missing !== undefined) {
    const why = `${missing} is not on its PATH`;
    yield {
      where: path ?? 'registries.conf',
      lookedFor: 'what is left',
      found: `nothing, and ${missing} could not be asked`,
      outcome: 'the pull fails',
      winner: { kind: 'error', why },
    };
  }
}

function* inFiles(request: LookupRequest): Generator<Look> {
  const { files } = request;
  const [chosen] = files.filter((file) => file.chosen);
  if (chosen?.state === 'absent') {
    const why = `REGISTRY_AUTH_FILE names ${chosen.path}, which is not there`;
    yield {
      where: chosen.path,
      lookedFor: 'the file that REGISTRY_AUTH_FILE names',
      found: 'there is no such file',
      outcome: 'podman and buildah give up (skopeo looks on)',
      winner: { kind: 'error', why },
    };
    return;
  }
  // Podman 5 reads a file that was chosen, and no other (containers/image v5.27, `userSpecifiedPath`).
  const read = chosen !== undefined && request.version[0] >= 5 ? [chosen] : files;
  for (const file of read) yield* inFile(file, request);
}

function* inFile(file: AuthFile, { registry, repository, isOnPath }: LookupRequest): Generator<Look> {
  const keys = file.legacy ? [registry] : keysFor(registry, repository);
  const where = file.path;
  const lookedFor = file.legacy
    ? `logins for ${quoted(keys)}`
    : `credHelpers "${registry}", then auths ${quoted(keys)}`;
  const nothing = file.state === 'absent' ? emptiness(file) : undefined;
  if (nothing !== undefined) {
    yield { where, lookedFor, found: nothing, outcome: 'it looks on' };
    return;
  }
  if (file.state === 'blank' || file.failsFor.includes('podman')) {
    const found = file.state === 'blank' ? 'the file is empty' : 'the file is broken';
    const why = `${where}: ${found}`;
    yield { where, lookedFor, found, outcome: 'podman gives up', winner: { kind: 'error', why } };
    return;
  }
  const helper = file.helpers.findLast(({ key }) => key === registry)?.helper;
  if (helper !== undefined) {
    const program = `docker-credential-${helper}`;
    const found = `credHelpers names the helper "${helper}"`;
    const why = `${program} is not on its PATH`;
    yield isOnPath(helper)
      ? {
          where,
          lookedFor,
          found,
          outcome: `it asks ${program}; after its "not found" nothing else in this file counts`,
          winner: { kind: 'helper', helper, where },
        }
      : { where, lookedFor, found, outcome: `${why}: the pull fails`, winner: { kind: 'error', why } };
    return;
  }
  yield byLogin(file, keys, { where, lookedFor });
}

function byLogin(file: AuthFile, keys: readonly string[], at: { where: string; lookedFor: string }): Look {
  const login = matching(keys, file);
  if (login?.secret !== undefined) {
    const found = `the stored login "${login.key}"`;
    return { ...at, found, outcome: 'it sends that', winner: loginWins(login, at.where) };
  }
  const hidden =
    file.credsStore === undefined ? '' : ` (podman never reads its credsStore "${file.credsStore}")`;
  const found = login === undefined ? 'none of them' : `an empty entry "${login.key}"`;
  return { ...at, found: `${found}${hidden}`, outcome: 'it looks on' };
}

/** The image's own name first, then shorter and shorter ones, down to the registry. */
function keysFor(registry: string, repository: string | undefined): string[] {
  const parts = repository?.split('/') ?? [];
  return [...parts.keys()]
    .map((at) => [registry, ...parts.slice(0, parts.length - at)].join('/'))
    .concat(registry);
}

/** The longest key that is there letter by letter; else one that is the registry once its scheme and path are off. */
function matching(keys: readonly string[], { logins, legacy }: AuthFile): StoredLogin | undefined {
  for (const key of keys) {
    const login = logins.findLast((entry) => entry.key === key);
    if (login !== undefined) return login;
  }
  const registry = normalised(keys.at(-1) ?? '', legacy);
  return logins.find(({ key }) => normalised(key, legacy) === registry);
}

/** Source: containers/image `normalizeAuthFileKey`: only a URL, or a key of .dockercfg, is cut to its host. */
function normalised(key: string, legacy: boolean): string {
  const host = legacy || /^https?:\/\//.test(key) ? hostInKey(key) : key;
  return host === 'registry-1.docker.io' || host === 'docker.io' ? 'index.docker.io' : host;
}
