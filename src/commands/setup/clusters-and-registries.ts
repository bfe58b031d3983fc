import type { Engine } from '../../engines/engines.ts';
import type { RegistryProbe } from '../../hosts/check-token.ts';
import type { ClusterToken } from '../../hosts/cluster-token.ts';
import type { Decision } from '../../hosts/decide-answer.ts';
import type { Identity } from '../../hosts/identity.ts';
import { loginCommand } from '../../hosts/login-command.ts';
import { AppError } from '../../hosts/reason.ts';
import { isCertificateFault } from '../doctor/contact-finding.ts';
import type { JudgedTrust } from '../doctor/network-state.ts';
import type { AstrayEngine, ClusterWord, Proof } from './setup-ports.ts';

/** What a cluster answered where it was asked for its registry's hosts. */
interface Discovery {
  readonly hosts: readonly string[];
  readonly answered: boolean;
  readonly endedBy?: { readonly status: number; readonly detail: string };
}

/** @returns what a cluster says of its registry, or why it says nothing to this login */
export async function wordFrom(
  { source, server, context }: Identity,
  discover: () => Promise<Discovery>,
): Promise<ClusterWord> {
  if (source.kind === 'none') return { fault: source.reason.why, fix: source.reason.fix, refusedLogin: true };
  try {
    const { hosts, answered, endedBy } = await discover();
    if (answered || hosts.length > 0) return { hosts };
    if (endedBy?.status === 401) {
      const fix = { run: loginCommand(server, context) };
      return { fault: 'it refuses the login', fix, refusedLogin: true };
    }
    return { fault: endedBy?.detail ?? 'it gave no answer', refusedLogin: false };
  } catch (error) {
    // No token can be had of this login: why, and what fixes it.
    if (!(error instanceof AppError)) throw error;
    return { fault: error.message, fix: error.fix, refusedLogin: true };
  }
}

/** @returns what an engine would get of the registry with the answer that was decided */
export async function proofOf(
  { answer, identity, token }: Decision,
  probe: (identity: Identity, username: string, token: ClusterToken) => Promise<RegistryProbe>,
): Promise<Proof> {
  if (answer.kind === 'anonymous') return { kind: 'anonymous', reasons: answer.reasons };
  if (identity === undefined || token === undefined) return { kind: 'accepted', username: answer.username };
  const kind = await probe(identity, answer.username, token);
  return kind === 'accepted' ? { kind, username: answer.username } : { kind };
}

/** @returns an engine that does not trust a registry's certificate; undefined: it does, or that can't be told */
export function untrustingEngine(
  engine: Engine,
  registry: string,
  trust: JudgedTrust | undefined,
): AstrayEngine | undefined {
  if (trust === undefined || trust.unverified !== undefined || trust.contact.kind !== 'none')
    return undefined;
  if (!isCertificateFault(trust.contact.fault)) return undefined;
  const why = `the registry accepts the login, but ${engine} does not trust its certificate, so that every pull fails`;
  return { registry, why };
}
