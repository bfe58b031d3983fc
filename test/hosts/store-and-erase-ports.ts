import type { StoreAndErasePorts } from '../../src/hosts/store-and-erase.ts';
import { unexpected } from '../support/identities.ts';

/** Nothing that `store` and `erase` ask for or do is expected but this. */
export function expecting(ports: Partial<StoreAndErasePorts>): StoreAndErasePorts {
  return {
    resolve: unexpected('resolve'),
    readToken: unexpected('readToken'),
    wasAnswered: unexpected('wasAnswered'),
    inspect: unexpected('inspect'),
    warn: unexpected('warn'),
    keep: unexpected('keep'),
    signIn: unexpected('signIn'),
    forgetKept: unexpected('forgetKept'),
    fingerprintOf: unexpected('fingerprintOf'),
    isServiceAccountToken: unexpected('isServiceAccountToken'),
    isJobs: false,
    signOut: unexpected('signOut'),
    forgetAnswer: unexpected('forgetAnswer'),
    forgetStored: unexpected('forgetStored'),
    ...ports,
  };
}
