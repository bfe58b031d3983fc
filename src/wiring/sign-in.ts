import { signedOutReason, signInCommand } from '../hosts/decide-answer.ts';
import type { Reason } from '../hosts/reason.ts';
import { bindHost } from '../registry/bind-host.ts';
import { choiceForHost } from './identity-of-host.ts';
import type { Session } from './session.ts';

/** Whether a cluster is bound to a host by the config, the catalogue or what it said before; asks none. */
export async function isClusterKnown(host: string, session: Session): Promise<boolean> {
  const { settings } = await session.readSettings(host);
  const { kind } = bindHost(host, settings);
  if (kind !== 'by-claim') return kind === 'bound' || kind === 'current' || kind === 'in-cluster';
  const choice = await choiceForHost(host, session, false);
  return choice !== undefined && ('identity' in choice || choice.reason !== null);
}

/** The command that signs a host in again after `logout`. */
export async function signInCommandOf(host: string, session: Session): Promise<string> {
  const { settings } = await session.readSettings(host);
  return signInCommand(host, settings, await isClusterKnown(host, session));
}

/** Why a host that was signed out of by `logout` gets no token, and the command that signs it in again. */
export async function signedOutReasonOf(host: string, session: Session): Promise<Reason> {
  const { settings } = await session.readSettings(host);
  return signedOutReason(host, settings, await isClusterKnown(host, session));
}
