import { spawn } from 'node:child_process';
import { frontOf } from './front.ts';

/** How this program is started: by its native front, as the compiled binary alone, or by Node with its entry. */
export function selfCommand(): string[] {
  const entry = process.argv[1] ?? '';
  // Bun puts what it compiled in into a file system of its own.
  const isCompiled = /^(?:\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/.test(entry);
  return isCompiled ? [frontOf(process.execPath) ?? process.execPath] : [process.execPath, entry];
}

/**
 * Renews a host's token behind the engine's back: in a process of its own, which holds none of the engine's pipes and
 * outlives this one.
 */
export function renewBehind(host: string): void {
  const [command = '', ...args] = selfCommand();
  const child = spawn(command, [...args, 'renew', '--background', host], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  child.on('error', () => {
    // No memory or no process to be had: past three quarters of the token's life `get` renews itself.
  });
  child.unref();
}
