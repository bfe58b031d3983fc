import { dockerToken } from '../hosts/docker-tokens.ts';
import type { SecretFault } from '../hosts/secret-store.ts';
import { readKept } from '../keychain/read-kept.ts';
import { renewBehind } from '../process/front.ts';
import { log } from '../process/log.ts';
import { recall } from '../process/this-process.ts';
import { isDockerToken } from '../registry/registry-host.ts';
import { decide, type KeepableDecision } from './facts.ts';
import type { Session } from './session.ts';

/**
 * What an engine gets for a host that no answer could be repeated for.
 * @param keychainFault why the secret of a stored login could not be read a moment ago: it is not asked for again
 */
export async function engineAnswer(
  host: string,
  session: Session,
  keychainFault?: SecretFault,
): Promise<KeepableDecision> {
  const keep = async () => {};
  if (isDockerToken(host)) return { answer: await dockerToken(host, session.secrets), keep };
  const kept = keychainFault === undefined ? recall(host, session.here) : null;
  const read = kept?.kind === 'kept' ? await readKept(host, kept, session.here) : { fault: keychainFault };
  if ('answer' in read) return { ...read, keep };
  return renewingBehind(host, await decide(host, session, read.fault));
}

/** The same decision; once it is kept, a token that is due is renewed behind whoever called. */
export function renewingBehind(host: string, decision: KeepableDecision): KeepableDecision {
  const keep = async () => {
    await decision.keep();
    if (decision.renewSoon !== true) return;
    log('info', 'renewal-started', { host });
    renewBehind(host);
  };
  return { ...decision, keep };
}
