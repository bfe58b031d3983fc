import type { AnswerPorts } from './check-token.ts';
import type { OwnChoice } from './choose-identity.ts';
import type { HeldToken } from './host-facts.ts';
import type { ExecPlugin } from './identity.ts';
import type { ObtainPorts } from './keep-token.ts';
import { loginCommand } from './login-command.ts';
import { AppError, reasonOf } from './reason.ts';
import { certificateOpensNothing } from './run-plugin.ts';

/** The token that a host would get now, as far as it lies somewhere: no cluster is asked for it, and no plugin run. */
export async function heldToken(
  host: string,
  own: OwnChoice,
  ports: Pick<ObtainPorts, 'nowMs' | 'readTokenFile' | 'recallKept' | 'keyOf'> &
    Pick<AnswerPorts, 'fingerprintOf' | 'isSignedOut'> & {
      recentFailure(plugin: ExecPlugin): string | undefined;
    },
): Promise<HeldToken> {
  const { source, server, context } = own.identity;
  if (source.kind === 'none' && own.order?.selfRenew !== true) return {};
  try {
    const kept = await atHand(host, own, ports);
    const token = typeof kept === 'object' ? kept.token : kept;
    const fingerprint = token === undefined ? undefined : ports.fingerprintOf(token);
    const failed = source.kind === 'exec' ? ports.recentFailure(source.plugin) : undefined;
    const fix = { run: loginCommand(server, context) };
    return {
      token,
      fingerprint,
      life: typeof kept === 'object' ? kept : undefined,
      isSignedOut: fingerprint !== undefined && (await ports.isSignedOut(host, fingerprint)),
      failure: failed === undefined ? undefined : { code: 'plugin-failed-before', why: failed, fix },
    };
  } catch (error) {
    // No token, or a file of it that can't be read, is what is wrong with the host.
    if (!(error instanceof AppError)) throw error;
    return { fault: reasonOf(error) };
  }
}

async function atHand(
  host: string,
  { identity, order }: OwnChoice,
  ports: Pick<ObtainPorts, 'nowMs' | 'readTokenFile' | 'recallKept' | 'keyOf'>,
) {
  const { source } = identity;
  if (order === undefined && source.kind === 'token') return source.token;
  if (order === undefined && source.kind === 'token-file') return ports.readTokenFile(source.path);
  if (order === undefined && source.kind === 'client-certificate')
    throw certificateOpensNothing(identity, host);
  const kept = ports.recallKept(await ports.keyOf(identity, order));
  // What is over is had anew when it is asked for: that is no fault.
  return kept !== undefined && kept.expiresAtMs > ports.nowMs() ? kept : undefined;
}
