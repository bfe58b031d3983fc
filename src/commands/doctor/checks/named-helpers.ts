import { type AuthFile, type EngineState, filesOf } from '../../../engines/engine-state.ts';
import type { Engine } from '../../../engines/engines.ts';
import { OUR_HELPER } from '../../../hosts/helper-names.ts';
import { shownName } from '../../../hosts/quoting.ts';
import { DOCKER_HUB, DOCKER_HUB_KEY, hubByOneName } from '../../../registry/docker-hub.ts';
import { engineNamesOf } from '../../../registry/engine-names.ts';
import { normaliseRegistryHost } from '../../../registry/registry-host.ts';
import { rewritten, tableFor } from '../../../registry/registry-tables.ts';
import type { CheckContext } from '../check.ts';
import type { Finding, Fix } from '../finding.ts';
import type { Subject } from '../subject.ts';

export interface NamedHelpersPorts {
  engineState(): Promise<EngineState>;
  isInstalled(engine: Engine): Promise<boolean>;
  fixOf(path: string): Fix;
}

/** Whether the engines' files name this helper for the hosts that are its own. */
export async function namedHelpers(
  ports: NamedHelpersPorts,
  { engines, ours, subject }: Pick<CheckContext, 'engines' | 'ours' | 'subject'>,
): Promise<readonly Finding[]> {
  const state = await ports.engineState();
  // What is broken is a person's to mend.
  const fixOf: FixOf = (path) =>
    state.files.some((file) => file.path === path && file.fault !== undefined)
      ? undefined
      : ports.fixOf(path);
  const found: Finding[] = [];
  for (const engine of engines) {
    if (!(await ports.isInstalled(engine))) {
      found.push({ status: 'skipped', saw: `${engine} is not installed` });
      continue;
    }
    for (const host of ours)
      found.push(
        elsewhere(host, engine, subject, state) ??
          forHost({ host, names: namesOf(host, engine, subject), engine }, state, fixOf),
      );
  }
  return [...found, ...oddKeys(engines, ours, state)];
}

/** A host, the names that an engine may ask for it by, and the engine. */
interface Asked {
  readonly host: string;
  readonly names: readonly string[];
  readonly engine: Engine;
}

type FixOf = (path: string) => Fix | undefined;

/** Engines tell HOST:443 from HOST: which of them is meant is known only where one was typed. */
function namesOf(host: string, engine: Engine, subject: Subject): readonly string[] {
  if (host === DOCKER_HUB) return [engine === 'docker' ? DOCKER_HUB_KEY : DOCKER_HUB];
  return 'asked' in subject ? [subject.asked] : engineNamesOf(host);
}

/** Of one thing that was asked about, the host is already the one that podman asks. */
function elsewhere(
  host: string,
  engine: Engine,
  subject: Subject,
  { registriesConf: { tables } }: EngineState,
): Finding | undefined {
  const table = engine === 'podman' && subject.kind === 'all' ? tableFor(host, tables) : undefined;
  const instead = table === undefined ? host : rewritten(host, table);
  if (instead === host) return undefined;
  return { status: 'skipped', host, saw: `podman asks ${instead} instead of ${host} (${table?.path})` };
}

function forHost(asked: Asked, state: EngineState, fixOf: FixOf): Finding {
  const { host, names, engine } = asked;
  const { registriesConf } = state;
  if (engine === 'podman' && registriesConf.helpers.includes(OUR_HELPER)) {
    return { status: 'ok', host, saw: `podman asks the helper for ${host} (${registriesConf.path})` };
  }
  // Of one key that is there twice, engines take the last.
  const read = filesOf(engine, state).filter(({ failsFor }) => !failsFor.includes(engine));
  const named = read.flatMap((file) =>
    names.flatMap((name) => {
      const entry = file.helpers.findLast(({ key }) => key === name);
      return entry === undefined ? [] : [{ file, helper: entry.helper }];
    }),
  );
  const [first] = named;
  if (first === undefined) return missing(asked, state, fixOf);
  const { file, helper } = first;
  if (helper !== OUR_HELPER) {
    return {
      status: 'problem',
      host,
      saw: `${file.path} names the helper ${shownName(helper)} for ${host}`,
      why: `${engine} asks that one, and never this one`,
      mend: `docker-credential-openshift doctor ${host} --fix`,
      fix: fixOf(file.path),
    };
  }
  if (named.every((entry) => entry.file.volatile)) {
    const lasting = fileToNameIn('podman', state)?.path;
    return {
      status: 'warning',
      host,
      saw: `Only ${file.path} names the helper for ${host}`,
      why: 'That file is gone after a logout or a restart, and podman asks nobody then',
      mend: `docker-credential-openshift doctor ${host} --fix`,
      fix: lasting === undefined ? undefined : fixOf(lasting),
    };
  }
  return { status: 'ok', host, saw: `${engine} asks the helper for ${host} (${file.path})` };
}

function missing({ host, names: [name = host], engine }: Asked, state: EngineState, fixOf: FixOf): Finding {
  const { path, fault } = fileToNameIn(engine, state) ?? {};
  if (host === DOCKER_HUB) {
    const saw = `No file of ${engine} names the helper for Docker Hub (${name})`;
    return {
      status: 'note',
      host,
      saw,
      why: "It is no cluster's registry: the helper has for it only what was typed",
    };
  }
  const isBroken = path !== undefined && fault !== undefined;
  return {
    status: 'problem',
    host,
    saw: `No file of ${engine} names the helper for ${name}`,
    why: `${engine} never asks the helper, and pulls from ${name} anonymously or with what else it finds`,
    mend: isBroken
      ? `Mend ${path} first, then run: docker-credential-openshift setup ${name}`
      : `docker-credential-openshift setup ${name}`,
    // It writes the host as it is compared, and no other spelling.
    fix: path === undefined || name !== host ? undefined : fixOf(path),
  };
}

/** The file in which an engine is to be told of the helper: what REGISTRY_AUTH_FILE names, else one that lasts. */
function fileToNameIn(engine: Engine, state: EngineState): AuthFile | undefined {
  const lasting = filesOf(engine, state).filter(({ getsHelper, chosenBy, state: there }) =>
    chosenBy !== undefined && there !== 'absent' ? true : getsHelper === 'always',
  );
  return lasting.find(
    ({ chosenBy, readBy }) => chosenBy !== undefined || engine === 'docker' || !readBy.includes('docker'),
  );
}

/** Keys that no engine will ever find: it looks for `HOST[:PORT]`, letter by letter. */
function oddKeys(engines: readonly Engine[], ours: readonly string[], { files }: EngineState): Finding[] {
  const read = files.filter(({ readBy }) => readBy.some((engine) => engines.includes(engine)));
  return read.flatMap((file: AuthFile) =>
    file.helpers.flatMap(({ key, helper }) => {
      const name = normaliseRegistryHost(key);
      const host = name === null ? undefined : hubByOneName(name);
      if (helper !== OUR_HELPER && (host === undefined || !ours.includes(host))) return [];
      if (host !== undefined && isLookedFor(key, host)) return [];
      const why =
        host === DOCKER_HUB
          ? `For Docker Hub docker looks for ${DOCKER_HUB_KEY}, and podman for ${DOCKER_HUB}`
          : 'Engines look for HOST or HOST:PORT, letter by letter';
      return [
        {
          status: 'warning' as const,
          host,
          saw: `${file.path} names a helper for ${shownName(key)}`,
          why: `${why}: nothing pulls by that key`,
          mend: `Take the line out of credHelpers in ${file.path}.`,
        },
      ];
    }),
  );
}

/** Engines ask for HOST:443 where that was typed. */
function isLookedFor(key: string, host: string): boolean {
  return host === DOCKER_HUB
    ? key === DOCKER_HUB || key === DOCKER_HUB_KEY
    : engineNamesOf(host).includes(key);
}
