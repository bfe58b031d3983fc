import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { browserCommands } from '../commands/login/browser-command.ts';
import type { Place } from '../files/directories.ts';
import type { StartOther } from './spare-others-core-files.ts';

/** A program that can't find a browser says so by then. */
const SETTLED_MS = 700;

/**
 * Opens a person's browser: the first that starts.
 * @param startOther starts a program that holds no secret of ours
 * @returns false where there is none that the person would see
 */
export async function openBrowser(
  url: string,
  { platform, env }: Place,
  startOther: StartOther,
): Promise<boolean> {
  const isContainer = isInContainer(env);
  const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  for (const command of browserCommands(url, { platform, env, isContainer, isFile })) {
    if (await start(command, startOther)) return true;
  }
  return false;
}

/** Whether the process runs in a container: podman and docker leave a file there, systemd's own names it to all. */
export function isInContainer(env: Place['env']): boolean {
  return env.container !== undefined || ['/.dockerenv', '/run/.containerenv'].some(existsSync);
}

function start([command = '', ...args]: readonly string[], startOther: StartOther): Promise<boolean> {
  return new Promise((resolve) => {
    const child = startOther(() =>
      spawn(command, args, { detached: true, stdio: 'ignore', windowsHide: true }),
    );
    const settled = setTimeout(() => resolve(true), SETTLED_MS);
    const settle = (isOpen: boolean): void => {
      clearTimeout(settled);
      resolve(isOpen);
    };
    child.once('error', () => settle(false));
    child.once('exit', (status) => settle(status === 0));
    child.unref();
  });
}
