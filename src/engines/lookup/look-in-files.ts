import { hostInKey, programOf } from '../../registry/engine-names.ts';
import type {
  AuthFile,
  EngineState,
  LookupStep,
  RegistriesConf,
  StoredLogin,
  Winner,
} from '../engine-state.ts';
import { descriptorOf, type Engine, namesAsked } from '../engines.ts';
import type { EngineRules, Version } from '../rules.ts';

/** What a lookup depends on. */
export interface LookupRequest {
  readonly engine: Engine;
  /** Undefined: it is not known, and the newest is taken for it. */
  readonly version: Version | undefined;
  /** The registry as it stands in the image's name. */
  readonly registry: string;
  /** `namespace/name`; undefined: any image of the registry. */
  readonly repository: string | undefined;
  /** The files that the engine reads, in its order. */
  readonly files: readonly AuthFile[];
  readonly registriesConf: RegistriesConf;
  readonly dockerAuthConfig: EngineState['dockerAuthConfig'];
  /** Whether the engine finds `docker-credential-NAME`. */
  isOnPath(helper: string): boolean;
}

/** A step, and who wins if the lookup ends with it. */
export interface Look extends LookupStep {
  readonly winner?: Found;
}

/** Who wins, as far as one place tells: what follows a helper's "not found" stands in the steps after it. */
export type Found =
  | Exclude<Winner, { kind: 'helper' }>
  | Omit<Extract<Winner, { kind: 'helper' }>, 'otherwise'>;

/** A lookup, and the rules that it goes by. */
export type Ask = LookupRequest & { readonly rules: EngineRules };

/** The variable that comes before all files. */
export function* inVariable({ rules, registry, dockerAuthConfig: logins }: Ask): Generator<Look> {
  if (rules.loginVariable === undefined || logins === undefined) return;
  const step = { where: rules.loginVariable, lookedFor: quoted([registry]) };
  const login = logins === 'broken' ? undefined : logins.findLast(({ key }) => key === registry);
  if (login !== undefined) {
    const found = 'a login, which beats all files and helpers';
    yield { ...step, found, outcome: 'it sends that', winner: loginWins(login, step.where) };
  } else {
    const found = logins === 'broken' ? 'it is not what the engine can read' : 'it does not name it';
    yield { ...step, found, outcome: 'it looks into its files' };
  }
}

/** @returns the step of an engine that gives up before it looks anywhere, since a variable names a file that is not there */
export function chosenInVain({ files, engine, rules }: Ask): Look | undefined {
  const chosen = files.find(({ chosenBy }) => chosenBy !== undefined);
  const mustBeThere = rules.authFiles.some((rule) => rule.mustBeThere === true);
  if (chosen?.state !== 'absent' || !mustBeThere) return undefined;
  const lookedFor = `the file that ${chosen.chosenBy} names`;
  const step = { where: chosen.path, lookedFor, found: 'there is no such file' };
  return givesUp(engine, step, `${chosen.chosenBy} names ${chosen.path}, which is not there`);
}

/** The files, one after another. */
export function* inFiles(ask: Ask): Generator<Look> {
  const isAlone = ask.rules.authFiles.some((rule) => rule.ifNoOther === true);
  const isAnyThere = ask.files.some(({ legacy, state }) => !legacy && state !== 'absent');
  const files = ask.files.filter(({ legacy }) => !(legacy && isAlone && isAnyThere));
  for (const [index, file] of files.entries()) yield* inFile(file, ask, index === files.length - 1);
}

function* inFile(file: AuthFile, ask: Ask, isLast: boolean): Generator<Look> {
  const { rules, engine } = ask;
  const where = file.path;
  const names = namesAsked(rules, ask.registry);
  const keys = names.flatMap((name) => loginKeys(name, ask, file));
  const store = rules.credsStore ? ', then credsStore' : '';
  const lookedFor = file.legacy
    ? `logins for ${quoted(keys)}`
    : `credHelpers ${quoted(names)}${store}, then auths ${quoted(keys)}`;
  const step = { where, lookedFor };
  const nothing = isLast ? 'it goes on anonymously' : 'it looks on';
  const isEmpty = file.state === 'blank';
  if (file.state === 'absent') {
    yield { ...step, found: 'there is no such file', outcome: nothing };
  } else if (
    rules.brokenEntry === 'fails for the whole file' &&
    file.logins.some(({ isBroken }) => isBroken)
  ) {
    const found = 'an entry whose auth is not base64';
    yield givesUp(engine, { ...step, found }, `${where} holds ${found}`);
  } else if (isEmpty || isBrokenFor(file, engine)) {
    const found = isEmpty ? 'the file is empty' : 'the file is broken';
    if ((isEmpty ? rules.emptyFile : rules.brokenFile) === 'fails')
      yield givesUp(engine, { ...step, found }, `${where}: ${found}`);
    else yield { ...step, found, outcome: `${engine} ignores it, and ${nothing.slice(3)}` };
  } else {
    // Name by name: what is stored by the first counts before the helper of the second.
    const looks = names.map((name) => {
      const named = loginKeys(name, ask, file);
      return byHelper(file, ask, name) ?? byLogin(file, named, ask, { step, nothing });
    });
    yield looks.find(({ winner }) => winner !== undefined) ??
      looks[0] ?? { ...step, found: 'nothing', outcome: nothing };
  }
}

function isBrokenFor({ failsFor, isClosed }: AuthFile, engine: Engine): boolean {
  const { family } = descriptorOf(engine);
  return failsFor.includes(engine) || (!isClosed && failsFor.some((name) => name === family));
}

/** @returns what it does about the helper that a file names; undefined: it names none */
function byHelper(file: AuthFile, ask: Ask, name: string): Look | undefined {
  const { rules } = ask;
  const named = file.helpers.findLast(({ key }) => key === name)?.helper;
  const helper = named ?? (rules.credsStore ? file.credsStore : undefined);
  if (helper === undefined || (helper === '' && rules.credsStore)) return undefined;
  const how = named === undefined ? 'credsStore' : 'credHelpers';
  const login = matching(file, loginKeys(name, ask, file), rules);
  const counts = login !== undefined && isLogin(login, rules) ? login : undefined;
  const overridden = counts === undefined ? '' : `, which overrides the stored login "${counts.key}"`;
  const where = file.path;
  const step = { where, lookedFor: how, found: `${how} names the helper "${helper}"${overridden}` };
  const program = programOf(helper);
  if (ask.isOnPath(helper)) {
    const outcome = `it asks ${program}; after its "not found" nothing else in this file counts`;
    return { ...step, outcome, winner: { kind: 'helper', helper, where } };
  }
  const why = `${program} is not on its PATH`;
  const does = (named === undefined ? rules.storeMissing : undefined) ?? rules.helperMissing;
  if (does === 'fails') return { ...step, outcome: `${why}: the pull fails`, winner: { kind: 'error', why } };
  if (counts === undefined || does === 'goes on anonymously')
    return {
      ...step,
      outcome: `${why}: without a word it goes on anonymously`,
      winner: { kind: 'anonymous' },
    };
  const outcome = `${why}: without a word it sends the stored login "${counts.key}"`;
  return { ...step, outcome, winner: loginWins(counts, where) };
}

function byLogin(
  file: AuthFile,
  keys: readonly string[],
  { rules, engine }: Ask,
  { step, nothing }: { step: { where: string; lookedFor: string }; nothing: string },
): Look {
  const isUnreadable = rules.brokenEntry === 'reads no login' && file.logins.some(({ isBroken }) => isBroken);
  const login = isUnreadable ? undefined : matching(file, keys, rules);
  if (login?.isBroken === true && rules.brokenEntry === 'fails') {
    const found = `an entry "${login.key}" whose auth is not base64`;
    return givesUp(engine, { ...step, found }, `${step.where} holds ${found}`);
  }
  if (login !== undefined && isLogin(login, rules)) {
    const found = `the stored login "${login.key}"`;
    return { ...step, found, outcome: 'it sends that', winner: loginWins(login, step.where) };
  }
  const ignored =
    file.credsStore === undefined || rules.credsStore
      ? ''
      : ` (${engine} never reads its credsStore "${file.credsStore}")`;
  const found = isUnreadable
    ? 'an entry whose auth is not base64, for which it decodes none of them'
    : login === undefined
      ? 'none of them'
      : `an entry "${login.key}" without a login that counts`;
  return { ...step, found: `${found}${ignored}`, outcome: nothing };
}

function isLogin({ secret, fields }: StoredLogin, { entryFields }: EngineRules): boolean {
  return secret !== undefined && fields.some((field) => entryFields.includes(field));
}

/** The keys of the logins that it looks for: the image's own name first, then shorter and shorter ones. */
function loginKeys(name: string, { rules, repository }: Ask, { legacy }: AuthFile): readonly string[] {
  if (legacy || rules.logins === 'by the host in any spelling') return [name];
  const parts = repository?.split('/') ?? [];
  return [...parts.keys()].map((at) => [name, ...parts.slice(0, parts.length - at)].join('/')).concat(name);
}

/** The longest key that is there letter by letter; else one that is the registry once its scheme and path are off. */
function matching(file: AuthFile, keys: readonly string[], rules: EngineRules): StoredLogin | undefined {
  const { logins, legacy } = file;
  for (const key of keys) {
    const login = logins.findLast((entry) => entry.key === key);
    if (login !== undefined) return login;
  }
  const registry = keys.at(-1) ?? '';
  if (rules.logins === 'by the host in any spelling')
    return logins.find((login) => isLogin(login, rules) && hostInKey(login.key) === hostInKey(registry));
  return logins.find(({ key }) => normalised(key, legacy) === normalised(registry, legacy));
}

/** Source: containers/image `normalizeAuthFileKey`: only a URL, or a key of .dockercfg, is cut to its host. */
function normalised(key: string, legacy: boolean): string {
  const host = legacy || /^https?:\/\//.test(key) ? hostInKey(key) : key;
  return host === 'registry-1.docker.io' || host === 'docker.io' ? 'index.docker.io' : host;
}

/** @returns the last step of a lookup that fails */
export function givesUp(engine: Engine, step: Omit<LookupStep, 'outcome'>, why: string): Look {
  return { ...step, outcome: `${engine} gives up`, winner: { kind: 'error', why } };
}

function loginWins(login: StoredLogin, where: string): Extract<Winner, { kind: 'login' }> {
  const { dead = false, flaw } = login.secret ?? {};
  return { kind: 'login', key: login.key, where, dead, ...(flaw === undefined ? {} : { flaw }) };
}

/** @returns names in quotes, as a list */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
