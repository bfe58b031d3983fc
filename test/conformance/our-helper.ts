import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OFF_NETWORK } from '../support/off-network.ts';
import { startSecretService } from '../support/secret-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import type { HelperKind, Place } from './helper-under-test.ts';

interface Program extends Pick<Place, 'command'> {
  readonly name: string;
}

/** Our program without any cluster, with a keychain of its own. */
export function withKeychain(program: Program): HelperKind {
  return {
    name: `${program.name}, keychain`,
    async start(t) {
      const { env, stop } = await startSecretService(temporaryDirectory(t));
      t.after(stop);
      return { command: program.command, env: { ...env, ...OFF_NETWORK } };
    },
  };
}

/** Our program without any cluster or keychain, told to keep secrets in private files. */
export function withFiles(program: Program): HelperKind {
  return {
    name: `${program.name}, files`,
    async start(t) {
      const home = temporaryDirectory(t);
      const directory = join(home, '.config/docker-credential-openshift');
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'config.yaml'), 'secrets: file\n');
      return { command: program.command, env: { HOME: home, PATH: process.env.PATH ?? '', ...OFF_NETWORK } };
    },
  };
}

/** The compiled program behind a front that ends at the first fault which a sanitizer sees in it. */
export function sanitizedHelper(): Program {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const directory = join(root, 'dist/sanitized');
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'docker-credential-openshift');
  const sources = globSync('src/front/*.c', { cwd: root });
  const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-DVERSION="0"'];
  const flags = ['-std=c17', '-g', '-O1', ...sanitizers, '-o', path];
  const { status, stderr } = spawnSync('cc', [...flags, ...sources], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  rmSync(join(directory, 'libexec'), { force: true });
  symlinkSync('../libexec', join(directory, 'libexec'));
  return { name: 'compiled binary, its front with sanitizers', command: [path] };
}
