import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const LOOKS = 500;

/** Whether a file system can be mounted that a process of ours serves. */
export const canStopFileSystems =
  process.geteuid?.() === 0 && existsSync('/dev/fuse') && spawnSync('bindfs', ['--version']).status === 0;

/** A directory that a process serves. */
export interface ServedDirectory {
  /** Whoever asks for anything below it waits, … */
  stop(): void;
  /** … until now. */
  goOn(): void;
  /** Ends the process: whoever asks is told that nobody is there (ENOTCONN). */
  die(): Promise<void>;
  /** Takes the file system away; what it held is at its place again. */
  unmount(): Promise<void>;
}

/** Makes a directory a file system in a process, which can be stopped; it is made if it is not there. */
export async function servedDirectory(directory: string): Promise<ServedDirectory> {
  const behind = `${directory}.behind`;
  if (existsSync(directory)) renameSync(directory, behind);
  else mkdirSync(behind, { recursive: true, mode: 0o700 });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const device = statSync(directory).dev;
  // The kernel remembers nothing of it, and asks each time.
  const options = ['-f', '-o', 'attr_timeout=0,entry_timeout=0,negative_timeout=0'];
  const server = spawn('bindfs', [...options, behind, directory], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  const goOn = (): void => void server.kill('SIGCONT');
  const unmount = async (): Promise<void> => {
    // Before anything looks at the directory again, were it to remove it.
    goOn();
    spawnSync('umount', ['--lazy', directory]);
    server.kill('SIGTERM');
    await ended;
    renameSync(directory, `${directory}.was`);
    renameSync(behind, directory);
  };
  // Another's mount is no event.
  for (let look = 0; look < LOOKS && statSync(directory).dev === device; look += 1) await pause(20);
  if (statSync(directory).dev === device) {
    await unmount();
    assert.fail('bindfs mounted nothing');
  }
  return {
    stop: () => void server.kill('SIGSTOP'),
    goOn,
    async die() {
      server.kill('SIGKILL');
      await ended;
    },
    unmount,
  };
}
