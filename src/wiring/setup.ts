import { resolveBinding } from '../cli/resolve-binding.ts';
import { runSetup } from '../cli/setup.ts';
import { createSetupFiles } from '../engines/setup-files.ts';
import { configFile } from '../storage/directories.ts';
import { readClusterClaim } from './clusters-word.ts';
import { printer } from './printer.ts';
import { forgetAnswer, signIn } from './serve-verb.ts';
import { createSession, type Session } from './session.ts';
import { place } from './this-process.ts';

/** `setup` asks every cluster of the kubeconfig. */
const SETUP_ENDS_MS = 30_000;

/** @returns the exit status */
export async function setup(args: string[]): Promise<number> {
  const session = createSession(place(), SETUP_ENDS_MS);
  const { here } = session;
  return runSetup(args, {
    ...printer,
    files: createSetupFiles(here, configFile(here)),
    resolveBinding: (host, context) => bindingOf(host, context, session),
    signIn: async (host) => {
      await signIn(host, session);
      await forgetAnswer(host, session);
    },
  });
}

/** Which login a host is to be bound to. @throws AppError if there is none, or more than one */
export function bindingOf(host: string, context: string | undefined, session: Session) {
  return resolveBinding(host, context, {
    readIdentities: async () => (await session.identities()).identities,
    readClaim: (name, identity) => readClusterClaim(name, identity, session, true),
  });
}
