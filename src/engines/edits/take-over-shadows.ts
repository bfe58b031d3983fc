import { shownName } from '../../hosts/quoting.ts';
import { AppError, describeError } from '../../hosts/reason.ts';
import type { TypedCredential } from '../../hosts/store-credential.ts';
import { keyWithoutUser } from '../../registry/host-in-key.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import { fieldsCalled } from '../config-files/file-fields.ts';
import { type Member, membersOf, parseJsonObject } from '../config-files/json-members.ts';
import { loginInEntry } from '../config-files/login-in-entry.ts';
import { readEngineFile } from '../config-files/read-engine-file.ts';
import type { EngineFile } from '../engine-state.ts';
import { isBlank } from './engine-draft.ts';
import { shadowsHost } from './plan-engine-edit.ts';

export interface ShadowPorts {
  /** Whether nothing is lost with a login: a token of the person's own contexts, one that is known here, or a dead one. */
  isNeedless(login: {
    readonly host: string;
    readonly username: string;
    readonly secret: string;
  }): Promise<boolean>;
  /** Keeps a login as the protocol's `store` does. @throws AppError: then nothing was kept */
  keep(login: TypedCredential): Promise<void>;
}

/** What may go from a file, and what becomes of it. */
export interface TakenOver {
  /** Whether an entry may go: it was looked at just so, and there is no need of it any more. */
  mayRemove(key: string, json: string): boolean;
  /** The logins that are kept by the helper now, and those that have to stay, in sentences. */
  readonly kept: readonly string[];
  readonly left: readonly string[];
}

/**
 * Sees to the logins of a file that shadow the helper: what is good for something is handed to the helper's store.
 * @param names the hosts that the helper is asked for, as engines ask
 * @throws AppError if the file can't be read
 */
export async function takeOverShadows(
  { path, legacy }: Pick<EngineFile, 'path' | 'legacy'>,
  names: readonly string[],
  ports: ShadowPorts,
): Promise<TakenOver> {
  const { text } = await readEngineFile(path);
  const going = new Set<string>();
  const [kept, left]: [string[], string[]] = [[], []];
  for (const { name, value } of text === null || isBlank(text) ? [] : entriesIn(text, path, legacy)) {
    const host = names.find((host) => shadowsHost(name, host));
    if (host === undefined) continue;
    const json = (text ?? '').slice(value.offset, value.offset + value.length);
    const shown = shownName(keyWithoutUser(name));
    try {
      if (await handOver(name, host, value, ports))
        kept.push(`the helper keeps the login ${shown} from now on`);
      going.add(`${name}\n${json}`);
    } catch (error) {
      // It can't be kept: then it stays where it is, and that is told.
      if (!(error instanceof AppError)) throw error;
      left.push(
        `${path} holds the login ${shown}, which hides the helper, and stays: ${describeError(error)}`,
      );
    }
  }
  return { mayRemove: (key, json) => going.has(`${key}\n${json}`), kept, left };
}

function entriesIn(text: string, path: string, legacy: boolean): readonly Member[] {
  const root = parseJsonObject(text, path);
  if (legacy) return membersOf(root);
  return fieldsCalled(root, 'auths').flatMap(({ value }) =>
    value.type === 'object' ? membersOf(value) : [],
  );
}

/**
 * @returns whether it was handed over; false: nothing is lost with it
 * @throws AppError if it can't be
 */
async function handOver(
  key: string,
  name: string,
  value: Member['value'],
  ports: ShadowPorts,
): Promise<boolean> {
  const login = loginInEntry(value);
  const host = normaliseRegistryHost(name);
  if (login === undefined || login === 'broken' || login.secret === '' || host === null) return false;
  const { secret, username = '' } = login;
  if (await ports.isNeedless({ host, username, secret })) return false;
  if (username === '' || isNamespaced(key))
    throw new AppError({
      code: 'not-keepable',
      message: username === '' ? 'it is no user’s password' : `it is for a part of ${host} alone`,
      fix: { do: `If it is of no use any more, take the entry out of the file.` },
    });
  await ports.keep({ host, serverUrl: name, username, secret });
  return true;
}

/** podman alone knows logins for a part of a registry, and asks no helper for them. */
function isNamespaced(key: string): boolean {
  return !/^https?:\/\//.test(key) && key.includes('/');
}
