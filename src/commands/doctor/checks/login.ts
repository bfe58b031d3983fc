import { durationInWords } from '../../../hosts/duration-in-words.ts';
import { oneLine } from '../../../hosts/reason.ts';
import { reasonsAndRemedies } from '../../../hosts/reasons-and-remedies.ts';
import { clusterDisplayName, QCI_HOST } from '../../../registry/catalogue.ts';
import { unaskable } from '../api-state.ts';
import type { CheckContext } from '../check.ts';
import { namesInShort } from '../contact-finding.ts';
import type { Finding } from '../finding.ts';
import { withoutTokenBecause } from '../login-remedy.ts';
import type { Login } from '../network-state.ts';
import type { ClusterPorts } from './cluster.ts';

export interface LoginPorts extends ClusterPorts {
  nowMs(): number;
  /** What an engine that asked for the host would be answered now. */
  loginOf(host: string): Promise<Login>;
}

/** A login that ends sooner is told of, as `get` does. */
const SOON_MS = 7 * 86_400_000;
/** Tokens that live no longer than a day end every day; whoever has them knows. */
const A_DAY_MS = 86_400_000;

/** Whose token each host gets, until when, and why where it gets none. Who signed out is told by the check of that. */
export async function login(
  { loginOf, nowMs, clusterContacts }: LoginPorts,
  { hosts }: Pick<CheckContext, 'hosts'>,
): Promise<readonly Finding[]> {
  const [found, contacts] = await Promise.all([
    Promise.all(hosts.map(async (host) => ({ host, login: await loginOf(host) }))),
    clusterContacts(),
  ]);
  const away = unaskable(contacts);
  const isUnasked = ({ login: { kind, server } }: (typeof found)[number]) =>
    kind === 'none' && server !== undefined && away.includes(server);
  const unasked = found.filter(isUnasked).map(({ host }) => host);
  const asked = found.filter((one) => !isUnasked(one));
  const told = asked.flatMap(({ host, login: one }) =>
    describe(host, one, nowMs()).map((finding) => ({
      ...finding,
      user: one.kind === 'token' ? one.username : undefined,
    })),
  );
  return [...told, ...notAsked(unasked)];
}

/** Why that is, and what mends it, is told by the check of the clusters. */
function notAsked(hosts: readonly string[]): Finding[] {
  if (hosts.length === 0) return [];
  const [host] = hosts.length === 1 ? hosts : [];
  const cluster = hosts.length === 1 ? "its cluster can't" : "their clusters can't";
  const saw = `Whose token ${namesInShort(hosts)} would get could not be checked: ${cluster} be asked`;
  return [{ status: 'skipped', host, saw }];
}

function describe(host: string, found: Login, nowMs: number): Finding[] {
  if (found.kind === 'none') return found.isSignedOut ? [] : without(host, found);
  const { username, server, endsAtMs, endsWhenIdle, unchecked, warning, isStored } = found;
  const where = server === undefined ? '' : ` at ${clusterDisplayName(server)}`;
  const typed = `the login of ${username} that is stored for it`;
  const who = `${host} gets ${isStored ? typed : `the token of ${username}`}${where}`;
  const leftMs = endsAtMs === null ? undefined : endsAtMs - nowMs;
  const end = leftMs === undefined ? '' : `, which ends in ${durationInWords(Math.max(0, leftMs))}`;
  const idle = endsWhenIdle ? ', sooner if it is not used' : '';
  const more: Finding[] = warning === undefined ? [] : told(host, warning);
  const saw = oneLine(`${who}${end}${idle}`);
  if (unchecked) {
    const why =
      isStored && server === undefined
        ? 'The registry fails where engines get their tokens from it; it is answered as it was typed'
        : 'Neither the cluster nor the registry could be asked; it is answered as its end is known to lie ahead';
    return [{ status: 'warning', host, saw: `${saw}, unchecked`, why }, ...more];
  }
  const isLong = leftMs !== undefined && leftMs > A_DAY_MS;
  if (isLong && leftMs < SOON_MS && warning === undefined) {
    return [{ status: 'note', host, saw, why: 'It does not renew itself', mend: found.renewal }, ...more];
  }
  return [{ status: 'ok', host, saw }, ...more];
}

function without(host: string, login: Extract<Login, { kind: 'none' }>): Finding[] {
  const because = withoutTokenBecause(login);
  if (because === undefined) return [];
  const { saw, besides, mend } = because;
  const rest = host === QCI_HOST ? 'nothing there is public' : "public images can be pulled, others can't";
  const why = [`${host} gets no token: ${rest}`, ...besides].join('. ');
  return [{ status: 'problem', host, saw, why, mend }];
}

/** `get` says all in one line. */
function told(host: string, warning: string): Finding[] {
  return reasonsAndRemedies(oneLine(warning)).map(({ reason, remedy }) => ({
    status: 'warning',
    host,
    saw: reason,
    mend: remedy,
  }));
}
