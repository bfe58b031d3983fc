import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { compiledHelper, type HelperProgram } from '../support/helper-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

type Command = Pick<HelperProgram, 'command'>;

/** Whether namespaces can be made here as root does: for mounts and networks. */
export const canUnshare =
  process.geteuid?.() === 0 && spawnSync('unshare', ['--mount', '--net', 'true']).status === 0;

/** A test that mounts things, or is another user; elsewhere its name says why it is left out. */
export function testAsRoot(name: string, run: (t: TestContext) => Promise<void>): void {
  test(canUnshare ? name : `${name} (left out: it takes root on Linux)`, { skip: !canUnshare }, run);
}

/** A user that no passwd file knows. */
export const NOBODYS_ID = 12_345;

/** The compiled program where every user may run it, run as a user that no passwd file knows. */
export async function asNobody(t: TestContext): Promise<Command> {
  const directory = join(temporaryDirectory(t), 'bin');
  mkdirSync(directory);
  for (const path of [directory, join(directory, '..')]) chmodSync(path, 0o755);
  const path = await compiledHelper.install(directory);
  const user = [`--reuid=${NOBODYS_ID}`, `--regid=${NOBODYS_ID}`, '--clear-groups'];
  return { command: ['setpriv', ...user, path] };
}

/**
 * The program in namespaces of its own.
 * @param flags of unshare
 * @param prepare what a shell does there first; a failure ends it with 99
 */
export function inNamespaces({ command }: Command, flags: readonly string[], prepare = ':'): Command {
  const script = `{ ${prepare}; } || exit 99; exec "$0" "$@"`;
  return {
    command: ['unshare', ...flags, '--propagation', 'private', '--', 'sh', '-ec', script, ...command],
  };
}
