import assert from 'node:assert/strict';
import type { Contact, ContactFault } from '../../../src/cluster/contact.ts';
import { parseSubject } from '../../../src/commands/doctor/arguments.ts';
import type { Finding } from '../../../src/commands/doctor/check.ts';
import { CHECKS } from '../../../src/commands/doctor/checks/all-checks.ts';
import type { Facts } from '../../../src/commands/doctor/facts.ts';
import type { Login } from '../../../src/commands/doctor/network-state.ts';
import { type EngineState, filesOf } from '../../../src/engines/engine-state.ts';
import { lookUp } from '../../../src/engines/lookup/look-up.ts';
import { SERVER } from '../../support/identities.ts';

export const HOST = 'registry.example.com';

/** What is looked at: one host, which is the helper's own. Whatever else is asked for throws. */
export function factsOf(given: Partial<Facts>): Facts {
  const known: Partial<Facts> = {
    subject: { kind: 'all' },
    engines: ['docker', 'podman'],
    hosts: [HOST],
    ours: [HOST],
    anonymous: [],
    unclaimed: [],
    resolutions: [],
    named: undefined,
    platform: 'linux',
    env: {},
    self: ['/opt/new/docker-credential-openshift'],
    hasFront: false,
    frontFault: async () => undefined,
    nowMs: () => 0,
    isInstalled: async () => true,
    isOnPath: () => true,
    refused: async () => [],
    ...given,
  };
  const { engines = [], subject = { kind: 'all' }, hosts = [] } = known;
  const facts = { targets: [{ engines, subject, hosts, named: undefined }], ...known };
  return new Proxy(facts as Facts, {
    get: (target, name) =>
      name in target
        ? Reflect.get(target, name)
        : () => assert.fail(`${String(name)} was not expected to be asked`),
  });
}

/** What is to be looked at for a word of the command line. */
export function about(word: string): Partial<Facts> {
  const subject = parseSubject(word) ?? assert.fail(word);
  const hosts = subject.kind === 'host' || subject.kind === 'image' ? [subject.host] : [];
  return { subject, hosts, ours: hosts };
}

/** What a check finds. */
export async function findingsOf(id: string, given: Partial<Facts>): Promise<readonly Finding[]> {
  const check = CHECKS.find((one) => one.id === id) ?? assert.fail(`there is no check ${id}`);
  return check.run(factsOf(given));
}

/** The same, as far as it is data: how bad it is, its code, and what fixes it. */
export async function told(id: string, given: Partial<Facts>): Promise<readonly (readonly unknown[])[]> {
  return (await findingsOf(id, given)).map(({ status, code, fix }) => {
    if (fix === undefined) return [status, code];
    return [status, code, 'run' in fix ? fix.run : fix.do];
  });
}

/** How bad each finding is, its code, and which file `--fix` would change. */
export async function repairs(id: string, given: Partial<Facts>): Promise<readonly (readonly unknown[])[]> {
  return (await findingsOf(id, given)).map(({ status, code, repair }) =>
    repair === undefined ? [status, code] : [status, code, repair.file],
  );
}

/** What the engines find: docker 28.2 and podman 4.3. */
export function reading(state: EngineState): Partial<Facts> {
  return {
    engineState: async () => state,
    engineVersion: async (engine) => ({
      isInstalled: true,
      program: engine,
      version: engine === 'docker' ? [28, 3] : [4, 3],
    }),
    winnerOf: async (engine, registry, repository) => {
      const version = engine === 'docker' ? ([28, 2] as const) : ([4, 3] as const);
      const files = filesOf(engine, state);
      const request = { ...state, engine, registry, repository, files, version, isOnPath: () => true };
      return lookUp(request).winner;
    },
  };
}

type Answered = Extract<Contact, { kind: 'answered' }>;

/** A server that answers, changed as asked. */
export function answered(changes: Partial<Answered> = {}): Contact {
  return {
    kind: 'answered',
    status: 200,
    contentType: 'application/json',
    challenge: undefined,
    skewMs: 0,
    proxy: undefined,
    ...changes,
  };
}

/** An OpenShift registry that answers. */
export function openshiftRegistry(host = HOST): Contact {
  return answered({ status: 401, challenge: `Bearer realm="https://${host}/openshift/token"` });
}

/** A server that can't be reached. */
export function away(fault: ContactFault, detail = 'connection refused'): Contact {
  return { kind: 'none', fault, detail, proxy: undefined };
}

/** Clusters that are asked, each once. */
export function clusters(...contacts: readonly Contact[]): Partial<Facts> {
  const rest = { insecure: false, hasOwnCa: false, oauth: undefined };
  return {
    clusterContacts: async () => contacts.map((contact) => ({ server: SERVER, contact, ...rest })),
  };
}

/** Alice's token, which expires in a day, changed as asked. */
export function token(changes: Partial<Extract<Login, { kind: 'token' }>> = {}): Login {
  return {
    kind: 'token',
    server: SERVER,
    username: 'alice',
    isStored: false,
    endsAtMs: 86_400_000,
    lifeMs: 86_400_000,
    isPersons: true,
    endsWhenIdle: false,
    unchecked: false,
    warnings: [],
    renewal: 'docker-credential-openshift login work',
    ...changes,
  };
}

/** Nobody answers; with codes of why not, each with a command that fixes it. */
export function noToken(
  codes: readonly string[] = [],
  changes: Partial<Extract<Login, { kind: 'none' }>> = {},
): Login {
  const reasons = codes.map((code) => ({ code, why: `${code} it is`, fix: { run: `fix ${code}` } }));
  const none = { server: undefined, isMaybeGood: true, isSignedOut: false, isUnjudged: false };
  return { kind: 'none', reasons, ...none, ...changes };
}
