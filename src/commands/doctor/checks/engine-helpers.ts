import type { FileRepair } from '../../../engines/edits/file-repairs.ts';
import { type AuthFile, type EngineState, filesOf } from '../../../engines/engine-state.ts';
import { type Engine, namesAsked, rulesOf } from '../../../engines/engines.ts';
import { shownName } from '../../../hosts/quoting.ts';
import {
  DOCKER_HUB,
  DOCKER_HUB_KEY,
  engineNamesOf,
  hubByOneName,
  OUR_HELPER,
} from '../../../registry/engine-names.ts';
import { normaliseRegistryHost } from '../../../registry/registry-host.ts';
import { rewritten, tableFor } from '../../../registry/registry-tables.ts';
import type { Subject } from '../arguments.ts';
import type { Check, Finding } from '../check.ts';
import type { Facts } from '../facts.ts';

/** Whether the engines' files name this helper. */
export const ENGINE_HELPER_CHECKS: readonly Check[] = [
  {
    id: 'named-helpers',
    title: 'each engine has the helper named for each host, in a file that lasts, by a key that it looks for',
    needs: 'machine',
    per: 'target',
    run: namedHelpers,
  },
];

async function namedHelpers({
  engines,
  engineState,
  isInstalled,
  ours,
  subject,
}: Facts): Promise<readonly Finding[]> {
  const state = await engineState();
  const findings: Finding[] = [];
  for (const engine of engines) {
    if (!(await isInstalled(engine))) {
      findings.push({ status: 'skipped', code: 'engine-absent', why: `${engine} is not installed` });
      continue;
    }
    for (const host of ours) {
      const asked = { host, names: namesOf(host, engine, subject), engine };
      findings.push(elsewhere(host, engine, subject, state) ?? forHost(asked, state));
    }
  }
  return [...findings, ...oddKeys(engines, ours, state)];
}

/** A host, the names that an engine may ask for it by, and the engine. */
interface Asked {
  readonly host: string;
  readonly names: readonly string[];
  readonly engine: Engine;
}

/** Engines tell HOST:443 from HOST: which of them is meant is known only where one was typed. */
function namesOf(host: string, engine: Engine, subject: Subject): readonly string[] {
  if (host === DOCKER_HUB) return namesAsked(rulesOf(engine), host);
  return 'asked' in subject ? [subject.asked] : engineNamesOf(host);
}

/** Of one thing that was asked about, the host is already the one that podman asks. */
function elsewhere(
  host: string,
  engine: Engine,
  subject: Subject,
  { registriesConf: { tables } }: EngineState,
): Finding | undefined {
  const isHeeded = rulesOf(engine).registriesConf !== undefined && subject.kind === 'all';
  const table = isHeeded ? tableFor(host, tables) : undefined;
  const instead = table === undefined ? host : rewritten(host, table);
  if (instead === host) return undefined;
  const why = `${engine} asks ${instead} instead of ${host} (${table?.path})`;
  return { status: 'skipped', code: 'asked-elsewhere', host, why };
}

/** What is broken is a person's to correct. */
function repairOf(path: string | undefined, { files }: EngineState): FileRepair | undefined {
  const isBroken = files.some((file) => file.path === path && file.fault !== undefined);
  return path === undefined || isBroken ? undefined : { file: path };
}

function forHost(asked: Asked, state: EngineState): Finding {
  const { host, names, engine } = asked;
  const { registriesConf } = state;
  const isNamed = (path: string | undefined): Finding => ({
    status: 'ok',
    code: 'helper-named',
    host,
    why: `${engine} asks the helper for ${host} (${path})`,
  });
  const rules = rulesOf(engine);
  if (rules.registriesConf !== undefined && registriesConf.helpers.includes(OUR_HELPER))
    return isNamed(registriesConf.path);
  // Of one key that is there twice, engines take the last.
  const read = filesOf(engine, state).filter(({ failsFor }) => !failsFor.includes(engine));
  const named = read.flatMap((file) =>
    names
      .flatMap((name) => namesAsked(rules, name))
      .flatMap((name) => {
        const entry = file.helpers.findLast(({ key }) => key === name);
        return entry === undefined ? [] : [{ file, helper: entry.helper }];
      }),
  );
  const [first] = named;
  const store = rules.credsStore ? read.find((file) => file.credsStore === OUR_HELPER) : undefined;
  if (first === undefined) return store === undefined ? missing(asked, state) : isNamed(store.path);
  const { file, helper } = first;
  const fix = { run: `docker-credential-openshift doctor ${host} --fix` };
  if (helper !== OUR_HELPER) {
    return {
      status: 'problem',
      code: 'other-helper-named',
      host,
      why: `${file.path} names the helper ${shownName(helper)} for ${host}`,
      effect: `${engine} asks that one, and never this one`,
      fix,
      repair: repairOf(file.path, state),
    };
  }
  const ours = named.filter((entry) => entry.helper === OUR_HELPER).map((entry) => entry.file);
  const needless = ours.length > 1 ? ours.find(({ getsHelper }) => getsHelper === 'else') : undefined;
  if (needless !== undefined) {
    return {
      status: 'note',
      code: 'helper-named-twice',
      host,
      why: `${ours.map(({ path }) => path).join(' and ')} name the helper for ${host}`,
      effect: `Where it has no token, ${engine} starts it once for each, and prints each time why`,
      fix,
      repair: repairOf(needless.path, state),
    };
  }
  if (ours.some((one) => !one.volatile)) return isNamed(file.path);
  return {
    status: 'warning',
    code: 'helper-named-for-session',
    host,
    why: `Only ${file.path} names the helper for ${host}`,
    effect: `That file is gone after a logout or a restart, and ${engine} asks nobody then`,
    fix,
    repair: repairOf(fileToNameIn(engine, state)?.path, state),
  };
}

function missing({ host, names: [name = host], engine }: Asked, state: EngineState): Finding {
  const { path, fault } = fileToNameIn(engine, state) ?? {};
  if (host === DOCKER_HUB) {
    return {
      status: 'note',
      code: 'helper-not-named-for-hub',
      host,
      why: `No file of ${engine} names the helper for Docker Hub (${name})`,
      effect: "It is no cluster's registry: the helper has for it only what was typed",
    };
  }
  const setup = `docker-credential-openshift setup ${name}`;
  const isBroken = path !== undefined && fault !== undefined;
  return {
    status: 'problem',
    code: 'helper-not-named',
    host,
    why: `No file of ${engine} names the helper for ${name}`,
    effect: `${engine} never asks the helper, and pulls from ${name} anonymously or with what else it finds`,
    fix: isBroken ? { do: `Correct ${path} first, then run: ${setup}` } : { run: setup },
    // It writes the host as it is compared, and no other spelling.
    repair: name === host ? repairOf(path, state) : undefined,
  };
}

/** The file in which an engine is to be told of the helper, and which lasts. */
function fileToNameIn(engine: Engine, state: EngineState): AuthFile | undefined {
  return filesOf(engine, state).find(({ getsHelper }) => getsHelper === 'always');
}

/** Keys that no engine will ever find: it looks for `HOST[:PORT]`, letter by letter. */
function oddKeys(engines: readonly Engine[], ours: readonly string[], { files }: EngineState): Finding[] {
  const read = files.filter(({ readBy }) => readBy.some((engine) => engines.includes(engine)));
  return read.flatMap((file) =>
    file.helpers.flatMap(({ key, helper }): Finding[] => {
      const name = normaliseRegistryHost(key);
      const host = name === null ? undefined : hubByOneName(name);
      if (helper !== OUR_HELPER && (host === undefined || !ours.includes(host))) return [];
      if (host !== undefined && isLookedFor(key, host)) return [];
      const rule =
        host === DOCKER_HUB
          ? `For Docker Hub docker looks for ${DOCKER_HUB_KEY}, and podman for ${DOCKER_HUB}`
          : 'Engines look for HOST or HOST:PORT, letter by letter';
      return [
        {
          status: 'warning',
          code: 'helper-key-unused',
          host,
          why: `${file.path} names a helper for ${shownName(key)}`,
          effect: `${rule}: nothing pulls by that key`,
          fix: { do: `Take the line out of credHelpers in ${file.path}.` },
        },
      ];
    }),
  );
}

/** Engines ask for HOST:443, and in capitals, where that was typed. */
function isLookedFor(key: string, host: string): boolean {
  return host === DOCKER_HUB
    ? key === DOCKER_HUB || key === DOCKER_HUB_KEY
    : engineNamesOf(host).includes(key.toLowerCase());
}
