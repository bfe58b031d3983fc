import type { HomeOwner } from './engine-home.ts';
import { programPaths } from './engine-machine.ts';
import { type Command, runProgram } from './run-program.ts';

/** Two runs on one machine don't share a user. */
const name = `engine-tester-${process.pid}`;
const firstSubordinateId = 700_000;
const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

/** Creates a user without a login, with a range of subordinate ids as rootless podman needs. */
export async function addRootlessUser(): Promise<HomeOwner> {
  const ids = `${firstSubordinateId}-${firstSubordinateId + 65_535}`;
  const noLogin = ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/false'];
  await run(programPaths.useradd, ...noLogin, name);
  await run('/usr/sbin/usermod', '--add-subuids', ids, '--add-subgids', ids, name);
  const id = async (flag: '-u' | '-g') => Number(await run('/usr/bin/id', flag, name));
  return { uid: await id('-u'), gid: await id('-g') };
}

/** Removes it; its processes must have ended. */
export async function removeRootlessUser(): Promise<void> {
  await run('/usr/sbin/userdel', name);
}

async function run(...command: Command): Promise<string> {
  const { status, output } = await runProgram(command, { env });
  if (status !== 0) throw new Error(`${command.join(' ')}: ${output}`);
  return output.trim();
}
