import type { AnswerPorts } from '../../src/hosts/check-token.ts';
import type { FactPorts } from '../../src/hosts/gather-facts.ts';
import { unexpected } from './identities.ts';

/** Nobody signed out, nothing typed and no config, and ports that fail on every call that is not among the fakes. */
export function decidePorts(fakes: Partial<FactPorts & AnswerPorts>): FactPorts & AnswerPorts {
  return {
    nowMs: () => 1_700_000_000_000,
    readSettings: async () => ({ settings: undefined, problem: undefined, warning: undefined }),
    readIdentities: unexpected('readIdentities'),
    readClaim: unexpected('readClaim'),
    obtainToken: unexpected('obtainToken'),
    fingerprintOf: (token) => `fingerprint of ${token.length}`,
    recallKnowledge: () => undefined,
    isSignedOut: async () => false,
    findStored: async () => undefined,
    whyStoredUnusable: async () => undefined,
    readStored: unexpected('readStored'),
    registryTakes: unexpected('registryTakes'),
    probeTypedLogin: unexpected('probeTypedLogin'),
    noteCluster: unexpected('noteCluster'),
    isHostSignedOut: async () => false,
    inspectToken: unexpected('inspectToken'),
    probeRegistry: unexpected('probeRegistry'),
    ...fakes,
  };
}
