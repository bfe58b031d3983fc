import { statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { EngineFile, EngineVersions } from '../engine-state.ts';
import { descriptorOf, ENGINES, type Engine, rulesOf } from '../engines.ts';
import type { AuthFileRule, EngineRules, FilePlace, PathTemplate } from '../rules.ts';

/** What the engines' file paths depend on. `uid` is the effective user id; Windows has none. */
export interface EngineEnvironment {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
}

/** Without these an engine of another session, of sudo or of cron is started. */
const MOVING = ['REGISTRY_AUTH_FILE', 'DOCKER_CONFIG', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR'];
const ORDER: readonly AuthFileRule['kind'][] = ['chosen', 'session', 'own', 'client', 'docker', 'dockercfg'];

/**
 * Every file that an engine may read here: first those of this very environment, in the order of whoever reads several,
 * then those that they read in other versions or with other variables. No path comes twice. Paths are absolute unless a
 * variable is relative; without a HOME there are none in it. An empty variable counts as unset, as it does to engines.
 * @param versions what is not known counts as the newest
 */
export function engineFiles(
  environment: EngineEnvironment,
  versions: EngineVersions = {},
): readonly EngineFile[] {
  const files = new Map<string, EngineFile>();
  const add = ({ path, rule, chosenBy }: PlacedFile, engine: Engine, place?: number) => {
    const file = fileBy(path, rule, engine, place, chosenBy);
    const earlier = files.get(path);
    files.set(path, earlier === undefined ? file : both(earlier, file));
  };
  for (const kind of ORDER) {
    for (const engine of ENGINES) {
      const now = filesOfRules(rulesOf(engine, versions[engine]), environment);
      for (const [place, file] of now.entries()) if (file.rule.kind === kind) add(file, engine, place);
    }
  }
  for (const engine of ENGINES) {
    for (const rules of descriptorOf(engine).rules) {
      for (const file of possibleFiles(rules, environment)) add(file, engine);
    }
  }
  const named = filesToNameIn(environment, versions);
  return [...files.values()].map((file) => ({
    ...file,
    getsHelper: named.get(file.path) ?? file.getsHelper,
  }));
}

/** What may name the helper for good, in the order in which it is taken: each engine is to find it in one file. */
const NAMING: readonly AuthFileRule['kind'][] = ['docker', 'chosen', 'own'];

/**
 * The files that are to name the helper even where they are not there yet: docker's config, and one more for each engine
 * that does not read that. An engine goes from one file's "not found" to the next file: in each that names the helper it
 * would be started once more, and say the same.
 */
function filesToNameIn(environment: EngineEnvironment, versions: EngineVersions): Map<string, 'always'> {
  const read = ENGINES.map((engine) => filesOfRules(rulesOf(engine, versions[engine]), environment));
  const named = new Map<string, 'always'>();
  for (const kind of NAMING) {
    for (const files of read) {
      if (files.some(({ path }) => named.has(path))) continue;
      const file = files.find(({ rule }) => rule.kind === kind);
      if (file !== undefined) named.set(file.path, 'always');
    }
  }
  return named;
}

interface PlacedFile {
  readonly path: string;
  readonly rule: AuthFileRule;
  /** The variable that names it, instead of others. */
  readonly chosenBy: string | undefined;
}

/** @returns the files that an engine with these rules reads in this environment, in its order */
export function filesOfRules(rules: EngineRules, environment: EngineEnvironment): readonly PlacedFile[] {
  const files: PlacedFile[] = [];
  let chosen: AuthFileRule | undefined;
  for (const rule of rulesHere(rules, environment)) {
    if (chosen?.insteadOf === 'all' || (chosen?.insteadOf === 'session' && rule.kind === 'session')) continue;
    const [place] = placesOf(rule, environment);
    if (place === undefined) continue;
    const { place: template } = place;
    const isNamed = rule.kind === 'chosen' && typeof template === 'string';
    const chosenBy = isNamed ? /^\$(\w+)/.exec(template)?.[1] : undefined;
    if (chosenBy !== undefined) chosen = rule;
    files.push({ path: place.path, rule, chosenBy });
  }
  return files.filter(({ path }, index) => files.findIndex((file) => file.path === path) === index);
}

/** The files that are read with other variables, or without some of them. */
function possibleFiles(rules: EngineRules, environment: EngineEnvironment): PlacedFile[] {
  const env = { ...environment.env };
  for (const name of MOVING) delete env[name];
  const { uid } = environment;
  const ofSession = uid === undefined ? [] : [{ ...env, XDG_RUNTIME_DIR: `/run/user/${uid}` }];
  const others = [env, ...ofSession].map((variables) => ({ ...environment, env: variables }));
  return rulesHere(rules, environment).flatMap((rule) =>
    [environment, ...others].flatMap((where) =>
      placesOf(rule, where).map(({ path }) => ({ path, rule, chosenBy: undefined })),
    ),
  );
}

function rulesHere({ authFiles }: EngineRules, { platform }: EngineEnvironment): readonly AuthFileRule[] {
  const isLinux = platform !== 'win32' && platform !== 'darwin';
  return authFiles.filter(({ on }) => on === undefined || (on === 'linux') === isLinux);
}

/** The places that there can be for a file: the first counts. */
function placesOf({ places }: AuthFileRule, environment: EngineEnvironment) {
  return places.flatMap((place, index) => {
    const path = pathOf(
      place,
      environment,
      places.slice(index + 1).every((other) => typeof other === 'string'),
    );
    return path === undefined ? [] : [{ place, path }];
  });
}

function pathOf(place: FilePlace, environment: EngineEnvironment, isLast: boolean): string | undefined {
  if (typeof place === 'string') return expanded(place, environment);
  const directory = expanded(place.own, environment);
  if (directory === undefined) return undefined;
  const owner = ownerOf(directory);
  // An engine makes the last one itself; what is another's it passes over.
  const isUsable = owner === undefined ? isLast : owner === environment.uid;
  return isUsable ? posix.join(directory, place.file) : undefined;
}

function ownerOf(directory: string): number | undefined {
  try {
    return statSync(directory).uid;
  } catch {
    // There is none, or it is out of reach.
    return undefined;
  }
}

/** @returns a template's path in an environment; undefined: there is none */
export function expanded(template: PathTemplate, environment: EngineEnvironment): string | undefined {
  const { join } = environment.platform === 'win32' ? win32 : posix;
  const values = variablesOf(environment);
  const parts = template.split(/\$(\w+)/).map((part, index) => (index % 2 === 0 ? part : values(part)));
  if (parts.includes(undefined)) return undefined;
  const path = parts.join('');
  // Of a file that a variable names every byte counts.
  return template === '$REGISTRY_AUTH_FILE' ? path : join(path);
}

function variablesOf({ platform, env, uid }: EngineEnvironment): (name: string) => string | undefined {
  const home = (platform === 'win32' ? env.USERPROFILE : env.HOME) || undefined;
  const inHome = (directory: string) => (home === undefined ? undefined : `${home}/${directory}`);
  const own: Record<string, string | undefined> = {
    HOME: home,
    CONFIG_HOME: env.XDG_CONFIG_HOME || inHome('.config'),
    CACHE_HOME: env.XDG_CACHE_HOME || inHome('.cache'),
    DOCKER_HOME: env.DOCKER_CONFIG || inHome('.docker'),
    TMP: env.TMPDIR || '/tmp',
    VAR_TMP: env.TMPDIR || '/var/tmp',
    UID: uid?.toString(),
    ROOTLESS_UID: uid === 0 ? undefined : uid?.toString(),
    ROOTMODE: uid === 0 ? 'rootful' : 'rootless',
  };
  return (name) => (name in own ? own[name] : env[name] || undefined);
}

function fileBy(
  path: string,
  rule: AuthFileRule,
  engine: Engine,
  place: number | undefined,
  chosenBy: string | undefined,
): EngineFile {
  const { kind } = rule;
  const isDockers = kind === 'docker' || chosenBy === 'DOCKER_CONFIG';
  return {
    path,
    readBy: [descriptorOf(engine).family as Engine],
    readNowBy: place === undefined ? [] : [engine],
    placeFor: place === undefined ? {} : { [engine]: place },
    legacy: kind === 'dockercfg',
    isDockers,
    current: place !== undefined,
    chosenBy,
    volatile: kind === 'session',
    getsHelper: isDockers || kind === 'chosen' ? 'if-there' : kind === 'own' ? 'else' : 'never',
  };
}

/** A file that two rules lead to, such as REGISTRY_AUTH_FILE=~/.docker/config.json, is what both make of it. */
function both(earlier: EngineFile, other: EngineFile): EngineFile {
  const either = (some: readonly Engine[], others: readonly Engine[]) =>
    ENGINES.filter((engine) => some.includes(engine) || others.includes(engine));
  return {
    ...earlier,
    readBy: either(earlier.readBy, other.readBy),
    readNowBy: either(earlier.readNowBy, other.readNowBy),
    placeFor: { ...other.placeFor, ...earlier.placeFor },
    current: earlier.current || other.current,
    isDockers: earlier.isDockers || other.isDockers,
    chosenBy: earlier.chosenBy ?? other.chosenBy,
    getsHelper: earlier.getsHelper === 'never' ? other.getsHelper : earlier.getsHelper,
  };
}
