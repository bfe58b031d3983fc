import { rm } from 'node:fs/promises';
import type { Identity } from '../credential/identity.ts';
import type { OtherVerb } from '../protocol/serve-others.ts';
import { writeOut } from '../storage/hot-files.ts';
import type { Session } from './session.ts';
import { exit, place } from './this-process.ts';

const OTHER_VERBS: readonly string[] = ['erase', 'list', 'store'] satisfies OtherVerb[];
/** `store` may ask a cluster; a person waits for it. */
const VERB_ENDS_MS = 10_000;
/** `setup` asks every cluster of the kubeconfig. */
const SETUP_ENDS_MS = 30_000;

/** Everything but `get`: the protocol's other verbs, and what a person types. Ends the process. */
export async function runCommand(args: string[]): Promise<void> {
  const [verb, ...rest] = args;
  if (verb !== undefined && OTHER_VERBS.includes(verb) && rest.length === 0) {
    return exit(await serveVerb(verb as OtherVerb));
  }
  const { runCommandLine } = await import('../cli/command-line.ts');
  const status = await runCommandLine(args, { print: line(1), printError: line(2), setup });
  exit(verb === 'get' ? await failGet() : status);
}

function line(fd: 1 | 2): (text: string) => void {
  return (text) => writeOut(fd, `${text}\n`);
}

/** Whoever calls `get` wrongly still gets one of its two answers. */
async function failGet(): Promise<number> {
  const { writeAnswer } = await import('../protocol/serve-get.ts');
  return writeAnswer('', { kind: 'anonymous', reason: null }, { write: writeOut });
}

async function serveVerb(verb: OtherVerb): Promise<number> {
  const [{ serveOther }, { waitForStdin }, { listAnswers }] = await Promise.all([
    import('../protocol/serve-others.ts'),
    import('../protocol/wait-for-stdin.ts'),
    import('../storage/list-answers.ts'),
  ]);
  const { cacheDirectory } = await import('../storage/directories.ts');
  const here = place();
  const cache = cacheDirectory(here);
  return serveOther(verb, {
    write: writeOut,
    listAnswers: () => (cache === null ? {} : listAnswers(cache, here.uid)),
    waitForStdin: async (limit) => {
      const bytes = await waitForStdin('', limit, false);
      return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1').toString() : bytes;
    },
    eraseCredential: erase,
    storeCredential: store,
  });
}

async function erase(host: string): Promise<void> {
  const session = await newSession(VERB_ENDS_MS);
  const { eraseCredential } = await import('../credential/erase-credential.ts');
  const { fingerprintOf } = await import('../storage/fingerprint.ts');
  const { addSignOut, signOutFile } = await import('../storage/sign-outs.ts');
  const { readJwt } = await import('../openshift/jwt.ts');
  const { state, here } = session;
  await eraseCredential(host, {
    identityAtHand: (name) => identityOf(name, session, false),
    readToken: session.readToken,
    fingerprintOf,
    isServiceAccountToken: (token) => readJwt(token)?.subject?.startsWith('system:serviceaccount:') === true,
    signOut: async (name, fingerprint) =>
      state !== null && (await addSignOut(signOutFile(state, name), fingerprint, here.uid)),
    forgetAnswer: (name) => forgetAnswer(name, session),
  });
}

async function store(host: string, secret: string): Promise<void> {
  const session = await newSession(VERB_ENDS_MS);
  const { storeCredential } = await import('../credential/store-credential.ts');
  await storeCredential(host, secret, {
    identityFor: (name) => identityOf(name, session, true),
    readToken: session.readToken,
    signIn: (name) => signIn(name, session),
    forgetAnswer: (name) => forgetAnswer(name, session),
  });
}

async function setup(args: string[]): Promise<number> {
  const session = await newSession(SETUP_ENDS_MS);
  const { here } = session;
  const [{ runSetup }, { createSetupFiles }, { resolveBinding }, { configFile }] = await Promise.all([
    import('../cli/setup.ts'),
    import('../engines/setup-files.ts'),
    import('../cli/resolve-binding.ts'),
    import('../storage/directories.ts'),
  ]);
  return runSetup(args, {
    print: line(1),
    printError: line(2),
    files: createSetupFiles(here, configFile(here)),
    resolveBinding: (host, context) =>
      resolveBinding(host, context, {
        readIdentities: async () => (await session.identities()).identities,
        readClaim: (name, identity) => session.readClaim(name, identity, true),
      }),
    signIn: async (host) => {
      await signIn(host, session);
      await forgetAnswer(host, session);
    },
  });
}

async function newSession(endsMs: number): Promise<Session> {
  const { createSession } = await import('./session.ts');
  return createSession(place(), endsMs);
}

/** Who answers for a host, or nobody. */
async function identityOf(host: string, session: Session, mayAsk: boolean): Promise<Identity | undefined> {
  const { identityFor } = await import('../credential/decide-answer.ts');
  const { bindHost } = await import('../registry/bind-host.ts');
  const { settings, problem } = await session.readSettings(host);
  const binding = bindHost(host, settings);
  if (problem !== undefined) return undefined;
  if (binding.kind === 'anonymous' || binding.kind === 'closed' || binding.kind === 'foreign')
    return undefined;
  const { identities } = await session.identities();
  const readClaim = (name: string, identity: Identity) => session.readClaim(name, identity, mayAsk);
  const choice = await identityFor(host, binding, identities, { readClaim });
  return 'identity' in choice ? choice.identity : undefined;
}

async function signIn(host: string, { state }: Session): Promise<void> {
  const { clearSignOuts, signOutFile } = await import('../storage/sign-outs.ts');
  if (state !== null) await clearSignOuts(signOutFile(state, host));
}

async function forgetAnswer(host: string, { cache }: Session): Promise<void> {
  const { answerFile } = await import('../storage/answer-file.ts');
  if (cache !== null) await rm(answerFile(cache, host), { force: true });
}
