import type { Node } from 'jsonc-parser';
import { readRegularFile } from '../../files/read-regular-file.ts';
import { AppError } from '../../hosts/reason.ts';
import { isThere, readEngineFile } from '../config-files/engine-file-on-disk.ts';
import { type EngineEnvironment, engineFiles } from '../config-files/engine-files.ts';
import {
  credsStoreIn,
  entriesOf,
  fieldsCalled,
  firstObjectIn,
  helpersLeftIn,
  isBlank,
  isField,
  membersOf,
  mustBeObject,
  namedHelpersIn,
  parseJsonObject,
} from '../config-files/json-fields.ts';
import { type FactsOf, storedLogins } from '../config-files/login-in-entry.ts';
import type { AuthFile, EngineFile, EngineVersions, StoredLogin } from '../engine-state.ts';
import { rulesOf } from '../engines.ts';

const LARGEST = 16 * 1024 * 1024;

/**
 * Every file that docker or podman may read, with what it holds, secrets left out. Writes nothing and never throws for
 * what is in the files: what is wrong with one is said of it.
 */
export function readAuthFiles(
  environment: EngineEnvironment,
  factsOf: FactsOf,
  versions: EngineVersions = {},
): Promise<AuthFile[]> {
  return Promise.all(engineFiles(environment, versions).map((file) => readAuthFile(file, factsOf)));
}

type Content = Pick<
  AuthFile,
  'state' | 'fault' | 'isClosed' | 'failsFor' | 'logins' | 'helpers' | 'credsStore' | 'otherKeys'
>;

const NOTHING = {
  fault: undefined,
  failsFor: [],
  logins: [],
  helpers: [],
  credsStore: undefined,
  otherKeys: [],
} as const;

async function readAuthFile(file: EngineFile, factsOf: FactsOf): Promise<AuthFile> {
  return { ...file, ...(await contentOf(file, factsOf)) };
}

async function contentOf(file: EngineFile, factsOf: FactsOf): Promise<Content> {
  const { path, legacy } = file;
  try {
    // Of a file that is read just now, engines forgive nothing but its absence (seen with skopeo 1.9, 1.18 and 1.22).
    const isRead = file.current || (await isThere(path));
    const text = isRead ? (await readEngineFile(path)).text : null;
    if (text === null) return { state: 'absent', ...NOTHING };
    if (isBlank(text)) return { state: 'blank', ...NOTHING };
    const root = parseJsonObject(text, path);
    if (legacy) return { state: 'read', ...NOTHING, logins: storedLogins(root, factsOf) };
    return { state: 'read', ...NOTHING, ...membersIn(root, text, path, factsOf) };
  } catch (error) {
    // What is wrong with the file is what `doctor` has to tell.
    if (!(error instanceof AppError)) throw error;
    const cause = error.cause as NodeJS.ErrnoException | undefined;
    if (cause?.code === 'ENOENT') return { state: 'absent', ...NOTHING, fault: error.message };
    if (cause?.code === 'EACCES' && file.current)
      return {
        state: 'unusable',
        ...NOTHING,
        fault: error.message,
        isClosed: true,
        failsFor: file.readNowBy,
      };
    const read = await asEnginesRead(file, factsOf);
    return { state: 'unusable', ...NOTHING, failsFor: file.readBy, ...read, fault: error.message };
  }
}

/**
 * What engines make of a file that is not as it should be (seen with docker 20.10 and podman 4.3). Go's decoder takes any
 * byte for a character. docker stops after the first object; of a value of another kind than it wants it warns, goes by
 * the helpers that are left, and decodes no login. podman fails for both.
 * @returns undefined: they can't read it either
 */
async function asEnginesRead(
  { path, legacy, readBy }: EngineFile,
  factsOf: FactsOf,
): Promise<Partial<Content> | undefined> {
  try {
    const text = (await readRegularFile(path, LARGEST)) ?? '';
    const object = firstObjectIn(text);
    if (legacy || object === undefined) return undefined;
    const root = parseJsonObject(object, path);
    const failsFor = readBy.filter((engine) => rulesOf(engine).brokenFile === 'fails');
    if (!isAsWanted(root, object, path))
      return { failsFor, helpers: helpersLeftIn(root), credsStore: credsStoreIn(root) };
    const content = membersIn(root, object, path, factsOf);
    return { ...content, failsFor: object === text ? [] : failsFor };
  } catch (error) {
    // It is told what is wrong with the file already.
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Whether all that engines look at is of the kind that they want. */
function isAsWanted(root: Node, text: string, path: string): boolean {
  try {
    mustBeAsWanted(root, text, path);
    return true;
  } catch (error) {
    // Which value it is was told before.
    if (!(error instanceof AppError)) throw error;
    return false;
  }
}

/** @throws AppError naming `path`, with line and column of the value that is of another kind */
function mustBeAsWanted(root: Node, text: string, path: string): void {
  namedHelpersIn(root, text, path);
  for (const auths of fieldsCalled(root, 'auths')) {
    for (const entry of entriesOf(auths, text, path)) mustBeObject(entry, text, path);
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
  mustBeAsWanted(root, text, path);
  const logins = fieldsCalled(root, 'auths').flatMap(({ value }) => storedLogins(value, factsOf));
  const helpers = namedHelpersIn(root, text, path);
  const otherKeys = membersOf(root)
    .map(({ name }) => name)
    .filter((name) => !FIELDS.some((field) => isField(name, field)));
  return { logins, helpers, credsStore: credsStoreIn(root), otherKeys };
}

const FIELDS = ['auths', 'credHelpers', 'credsStore'] as const;
