import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { AuthFile, NamedHelper, StoredLogin } from '../cli/doctor/engine-state.ts';
import { AppError } from '../credential/app-error.ts';
import { shownName } from '../credential/quoting.ts';
import { type EngineEnvironment, type EngineFile, engineFiles } from './engine-files.ts';
import { jsonError, type Member, membersOf, parseJsonObject } from './json-members.ts';
import { isThere, readEngineFile } from './read-engine-file.ts';
import { type FactsOf, storedLogins } from './stored-login.ts';

/**
 * Every file that docker or podman may read, with what it holds, secrets left out. Writes nothing and never throws for
 * what is in the files: what is wrong with one is said of it.
 */
export function readAuthFiles(environment: EngineEnvironment, factsOf: FactsOf): Promise<AuthFile[]> {
  return Promise.all(engineFiles(environment).map((file) => readAuthFile(file, factsOf)));
}

type Content = Pick<AuthFile, 'state' | 'fault' | 'logins' | 'helpers' | 'credsStore' | 'otherKeys'>;

const NOTHING = { fault: undefined, logins: [], helpers: [], credsStore: undefined, otherKeys: [] } as const;

async function readAuthFile(file: EngineFile, factsOf: FactsOf): Promise<AuthFile> {
  return { ...file, ...(await contentOf(file, factsOf)) };
}

async function contentOf({ path, legacy }: EngineFile, factsOf: FactsOf): Promise<Content> {
  try {
    const text = (await isThere(path)) ? (await readEngineFile(path)).text : null;
    if (text === null) return { state: 'absent', ...NOTHING };
    if (text.trim() === '') return { state: 'blank', ...NOTHING };
    const root = parseJsonObject(text, path);
    if (legacy) return { state: 'read', ...NOTHING, logins: storedLogins(root, factsOf) };
    return { state: 'read', ...membersIn(root, text, path, factsOf) };
  } catch (error) {
    // What is wrong with the file is what `doctor` has to tell.
    if (!(error instanceof AppError)) throw error;
    return { state: 'unusable', ...NOTHING, fault: error.message };
  }
}

/**
 * The logins of a text that has the form of docker's config.json, such as `DOCKER_AUTH_CONFIG`.
 * @throws AppError naming `path` if it is broken
 */
export function loginsIn(text: string, path: string, factsOf: FactsOf): readonly StoredLogin[] {
  return membersIn(parseJsonObject(text, path), text, path, factsOf).logins;
}

function membersIn(root: Node, text: string, path: string, factsOf: FactsOf) {
  const logins: StoredLogin[] = [];
  const helpers: NamedHelper[] = [];
  const otherKeys: string[] = [];
  for (const member of membersOf(root)) {
    // Engines match these names without regard to case (Go's encoding/json).
    const name = member.name.toLowerCase();
    if (name === 'auths') {
      for (const entry of objectsIn(member, text, path)) mustBeObject(entry, text, path);
      if (member.value.type === 'object') logins.push(...storedLogins(member.value, factsOf));
    } else if (name === 'credhelpers') {
      helpers.push(...objectsIn(member, text, path).map((entry) => namedHelper(entry, text, path)));
    } else if (name !== 'credsstore') otherKeys.push(member.name);
  }
  const store = findNodeAtLocation(root, ['credsStore'])?.value;
  const credsStore = typeof store === 'string' && store !== '' ? store : undefined;
  return { fault: undefined, logins, helpers, credsStore, otherKeys };
}

function objectsIn(member: Member, text: string, path: string): readonly Member[] {
  mustBeObject(member, text, path);
  return membersOf(member.value);
}

/** Go's decoder gives up on the whole file for this. */
function mustBeObject({ name, value }: Member, text: string, path: string): void {
  if (value.type === 'object' || value.type === 'null') return;
  throw jsonError(text, value.offset, path, `has something else than an object under ${shownName(name)}`);
}

function namedHelper({ name, value }: Member, text: string, path: string): NamedHelper {
  if (value.type === 'string') return { key: name, helper: String(value.value) };
  throw jsonError(text, value.offset, path, `names no helper for ${shownName(name)}`);
}
