import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
