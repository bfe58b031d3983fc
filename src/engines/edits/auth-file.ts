import { resolve } from 'node:path';
import { shownName } from '../../hosts/quoting.ts';
import { AppError } from '../../hosts/reason.ts';
import { keyWithoutUser } from '../../registry/host-in-key.ts';
import { type EngineEnvironment, engineFiles } from '../config-files/engine-files.ts';
import { readEngineFile } from '../config-files/read-engine-file.ts';
import { helpersIn, hostsOfOurs, namedHelpers } from '../other-helpers.ts';
import { applyEngineEdit, previewEngineEdit } from './apply-engine-edit.ts';
import { namespaceLoginsIn, planAuthEntries } from './plan-auth-entries.ts';

/** Whatever it was before: what lies in it from then on opens registries. */
const MODE = 0o600;

/** A login as it stands in an auth file. */
export interface FileLogin {
  readonly host: string;
  readonly username: string;
  readonly secret: string;
}

/**
 * Looks whether a standalone auth file can hold logins for hosts, before any token is had for it.
 * @returns what whoever uses the file should know, in sentences
 * @throws AppError where it can't, or where the logins would do harm: in a file that an engine reads before the helper
 */
export async function inspectAuthFile(
  environment: EngineEnvironment,
  path: string,
  hosts: readonly string[],
): Promise<readonly string[]> {
  const { text, target } = await readEngineFile(path);
  const { byHost, forAll } = helpersIn(text, path);
  for (const host of hosts) {
    const [helper] = byHost.get(host) ?? [];
    if (helper === undefined) continue;
    throw new AppError({
      code: 'helper-in-file',
      message: `${path} names docker-credential-${helper} for ${host}, so that a login in it would be hidden, or hide the helper`,
      fix: { do: 'Name another file with --to.' },
    });
  }
  await refuseLiveFile(environment, path, resolve(target), hosts);
  // Whatever would be written: what keeps the file from being written is told before a token is minted.
  await previewEngineEdit(
    path,
    (now) => planAuthEntries(now, { path, logins: hosts.map((host) => ({ host, auth: '' })) }),
    { uid: environment.uid, state: null, keeps: 'nothing', mode: MODE },
  );
  const hidden = forAll.map(
    (helper) =>
      `Warning: ${path} names docker-credential-${helper} for every host (credsStore): docker, and tools that read it as docker does, will not look at the logins in it.`,
  );
  const kept = hosts.flatMap((host) =>
    namespaceLoginsIn(text, path, host).map(
      (key) =>
        `${path} keeps its login ${shownName(keyWithoutUser(key))}: podman, buildah and skopeo take that one for what lies below it.`,
    ),
  );
  return [...hidden, ...kept];
}

async function refuseLiveFile(
  environment: EngineEnvironment,
  path: string,
  target: string,
  hosts: readonly string[],
): Promise<void> {
  for (const file of engineFiles(environment)) {
    const isIt = resolve(file.path) === resolve(path) || (await targetOf(file.path)) === target;
    if (!isIt) continue;
    const ours = hostsOfOurs(await namedHelpers(environment));
    const host = hosts.find((name) => ours.includes(name));
    if (host === undefined) return;
    throw new AppError({
      code: 'live-auth-file',
      message: `${path} is a file of ${file.readBy.join(' and ')}, for which this helper serves ${host}: a login in it would come before the helper, and go stale`,
      fix: { do: 'Engines need no login there. For another tool, name another file with --to.' },
    });
  }
}

async function targetOf(path: string): Promise<string | undefined> {
  try {
    return resolve((await readEngineFile(path)).target);
  } catch (error) {
    // An engine's file that can't be read is not the one that could be.
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}

/**
 * Writes logins into a standalone auth file, in the form of docker's config.json. Whatever else is in it stays; nobody
 * but its owner may read it.
 * @param state our state directory, for the lock
 * @returns what changed, in sentences
 * @throws AppError naming the file, which is then as it was
 */
export function writeAuthFile(
  { uid }: EngineEnvironment,
  state: string | null,
  path: string,
  logins: readonly FileLogin[],
): Promise<readonly string[]> {
  const entries = logins.map(({ host, username, secret }) => ({
    host,
    auth: Buffer.from(`${username}:${secret}`).toString('base64'),
  }));
  // No backup is made: what was in it before are tokens, too.
  return applyEngineEdit(path, (text) => planAuthEntries(text, { path, logins: entries }), {
    uid,
    state,
    keeps: 'nothing',
    mode: MODE,
  });
}
