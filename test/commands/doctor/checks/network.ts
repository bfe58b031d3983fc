import type { Contact, ContactFault, Login } from '../../../../src/commands/doctor/network-state.ts';
import { unexpected } from '../../../support/identities.ts';

export const SERVER = 'https://api.example.com:6443';

type Answered = Extract<Contact, { kind: 'answered' }>;
type None = Extract<Login, { kind: 'none' }>;
type Token = Extract<Login, { kind: 'token' }>;

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
export function openshiftRegistry(host: string): Contact {
  return answered({ status: 401, challenge: `Bearer realm="https://${host}/openshift/token"` });
}

/** A server that can't be reached. */
export function away(fault: ContactFault, detail = 'connection refused', proxy?: string): Contact {
  return { kind: 'none', fault, detail, proxy };
}

/** Alice's token, which ends in a day, changed as asked. */
export function token(changes: Partial<Token> = {}): Login {
  return {
    kind: 'token',
    server: SERVER,
    username: 'alice',
    isStored: false,
    endsAtMs: 86_400_000,
    endsWhenIdle: false,
    unchecked: false,
    warning: undefined,
    renewal: 'docker-credential-openshift login work',
    ...changes,
  };
}

/** Nobody answers. */
export function noToken(reason: string | null, changes: Partial<None> = {}): Login {
  return { kind: 'none', reason, server: undefined, isSignedOut: false, isUnjudged: false, ...changes };
}

/** Ports that throw when they are called. */
export const NO_IMAGE_PORTS = {
  loginOf: unexpected('loginOf'),
  manifest: unexpected('manifest'),
  clusterContacts: unexpected('clusterContacts'),
  registryContact: unexpected('registryContact'),
  registryAccepts: unexpected('registryAccepts'),
  mayPull: unexpected('mayPull'),
  mayPush: unexpected('mayPush'),
  imageStream: unexpected('imageStream'),
  hasNamespace: unexpected('hasNamespace'),
};
