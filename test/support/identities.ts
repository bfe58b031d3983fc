import type { Identity } from '../../src/credential/identity.ts';

export const SERVER = 'https://api.example.com:6443';
export const TOKEN = `sha256~${'k'.repeat(43)}`;

/** Alice's login to api.example.com, changed as asked. */
export function identity(changes: Partial<Identity> = {}): Identity {
  return {
    server: SERVER,
    user: 'alice',
    context: 'work',
    namespace: 'alice-ns',
    insecure: false,
    inCluster: false,
    source: { kind: 'token', token: TOKEN },
    ...changes,
  };
}

/** A port that no call was expected of. */
export function unexpected(name: string): () => never {
  return () => {
    throw new Error(`${name} was not expected to be called`);
  };
}
