import type { Node } from 'jsonc-parser';
import type { AuthFile, EngineFile, StoredLogin } from '../cli/doctor/engine-state.ts';
import { AppError } from '../credential/app-error.ts';
import { type EngineEnvironment, engineFiles } from './engine-files.ts';
import {
  credsStoreIn,
  entriesOf,
  fieldsCalled,
  isField,
  mustBeObject,
  namedHelpersIn,
} from './file-fields.ts';
import { membersOf, parseJsonObject } from './json-members.ts';
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
  for (const auths of fieldsCalled(root, 'auths')) {
    for (const entry of entriesOf(auths, text, path)) mustBeObject(entry, text, path);
    logins.push(...storedLogins(auths.value, factsOf));
  }
  const helpers = namedHelpersIn(root, text, path);
  const otherKeys = membersOf(root)
    .map(({ name }) => name)
    .filter((name) => !FIELDS.some((field) => isField(name, field)));
  return { fault: undefined, logins, helpers, credsStore: credsStoreIn(root), otherKeys };
}

const FIELDS = ['auths', 'credHelpers', 'credsStore'] as const;
