import { engineLoginCommand } from '../../hosts/login-command.ts';
import { shellQuoted } from '../../hosts/quoting.ts';
import { oneLine } from '../../hosts/reason.ts';
import { reasonsAndRemedies } from '../../hosts/reasons-and-remedies.ts';
import type { Finding } from './finding.ts';
import type { Login } from './network-state.ts';

type NoLogin = Extract<Login, { kind: 'none' }>;
type Token = Extract<Login, { kind: 'token' }>;

const WAIT = 'Wait until its cluster can check tokens again, or tell the administrators of the cluster.';

/** @returns why there is no token, what else is in the way, and what mends the first */
export function withoutTokenBecause({
  reason,
  isUnjudged,
}: NoLogin):
  | { readonly saw: string; readonly besides: readonly string[]; readonly mend: string | undefined }
  | undefined {
  if (reason === null) return undefined;
  const [first, ...more] = reasonsAndRemedies(oneLine(reason));
  return {
    saw: first?.reason ?? '',
    besides: more.map((one) => one.reason),
    mend: isUnjudged ? WAIT : first?.remedy,
  };
}

/** What is to be said of a token that the registry refuses. */
export function refusedByRegistry(host: string, { isStored, server }: Token): Pick<Finding, 'why' | 'mend'> {
  const fails = 'Every pull with it fails, of public images, too';
  if (isStored) {
    const why = `${fails}: it ended, was revoked, or is not for this registry. Without it public images can be pulled; ${engineLoginCommand(host)} puts another in its place`;
    return { why, mend: `docker logout ${shellQuoted(host)}` };
  }
  const why = `${fails}: the registry is of another cluster than it is bound to${server === undefined ? '' : ` (${server})`}, can't reach its cluster, or has other rules`;
  return { why, mend: `docker-credential-openshift setup ${host}` };
}
