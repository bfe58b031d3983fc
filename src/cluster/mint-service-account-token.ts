import type { MintOutcome } from '../hosts/keep-token.ts';
import { localTimeMs } from './oauth-tokens.ts';
import { listIn, objectIn, parseObject, textIn } from './reply-fields.ts';
import { failureInWords } from './retry-after.ts';
import type { Reply } from './send-request.ts';

/** What is asked of a cluster. */
export interface MintOrder {
  readonly namespace: string;
  readonly name: string;
  readonly lifeSeconds: number;
  /** A Secret that the token's life is bound to: deleting it ends the token. */
  readonly boundSecret: string | undefined;
}

/** A token as the cluster made it. */
export interface MintedToken {
  readonly token: string;
  /** By the server's clock, in ms since the epoch. */
  readonly expiresAtMs: number;
  /** The server's clock as it answered; undefined: it did not say. */
  readonly dateMs: number | undefined;
}

/** Why there is no token. */
export type MintRefusal =
  | Exclude<MintOutcome, { kind: 'minted' }>
  /** The cluster has no TokenRequest (OKD 3.11). */
  | { readonly kind: 'not-served' }
  | { readonly kind: 'unreachable'; readonly detail: string };

/**
 * A token of a service account: minted, or where a cluster mints none, the one that lies in a secret of the account.
 * @param host the registry host that it is for
 * @param nowMs this machine's clock
 */
export async function mintToken(
  order: MintOrder,
  host: string,
  ask: AskAsMinter,
  nowMs: () => number,
): Promise<MintOutcome> {
  const minted = await mintServiceAccountToken(order, ask);
  const startedAtMs = nowMs();
  if (!('kind' in minted)) {
    const expiresAtMs = localTimeMs(minted.expiresAtMs, minted.dateMs, startedAtMs);
    return { kind: 'minted', token: { token: minted.token, startedAtMs, expiresAtMs } };
  }
  if (minted.kind === 'unreachable') return { kind: 'unavailable', detail: minted.detail };
  if (minted.kind !== 'not-served') return minted;
  const found = await findLegacyToken(order, host, ask);
  if (typeof found === 'string') {
    return { kind: 'minted', token: { token: found, startedAtMs, expiresAtMs: Number.POSITIVE_INFINITY } };
  }
  const detail = 'it has no TokenRequest, and no secret of the account holds a token';
  if (found.kind === 'not-served') return { kind: 'unavailable', detail };
  return found.kind === 'unreachable' ? { kind: 'unavailable', detail: found.detail } : found;
}

/** One request as the minter. */
export type AskAsMinter = (path: string, body?: object) => Promise<Reply>;

/**
 * Mints a token of a service account by TokenRequest (Kubernetes, authentication.k8s.io/v1; seen on 4.13). Audiences
 * are left out: the registry replays the token to the API server, which wants its own. The server may give it
 * another life than was asked: what it says counts.
 */
export async function mintServiceAccountToken(
  order: MintOrder,
  ask: AskAsMinter,
): Promise<MintedToken | MintRefusal> {
  const { namespace, name, lifeSeconds, boundSecret } = order;
  // Without its uid the server looks the Secret up itself (kubernetes, serviceaccount/storage/token.go): no right on
  // it is needed.
  const bound =
    boundSecret === undefined ? undefined : { apiVersion: 'v1', kind: 'Secret', name: boundSecret };
  const reply = await ask(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: lifeSeconds, ...(bound === undefined ? {} : { boundObjectRef: bound }) },
  });
  if (reply.status !== 201) return refusal(reply);
  const status = objectIn(parseObject(reply.body), 'status');
  const token = textIn(status, 'token');
  const expiresAtMs = Date.parse(textIn(status, 'expirationTimestamp') ?? '');
  if (token === undefined || !/^[\x21-\x7e]+$/.test(token) || Number.isNaN(expiresAtMs)) {
    return { kind: 'unavailable', detail: 'the API server answered TokenRequest without a token' };
  }
  return { token, expiresAtMs, dateMs: reply.dateMs };
}

function refusal(reply: Reply): MintRefusal {
  const { status } = reply;
  if (status === 0) return { kind: 'unreachable', detail: reply.detail };
  if (status === 401) return { kind: 'rejected' };
  const body = parseObject(reply.body);
  if (status === 403)
    return { kind: 'forbidden', who: /User "([^"]+)"/.exec(textIn(body, 'message') ?? '')?.[1] };
  if (status === 404) {
    const kind = textIn(objectIn(body, 'details'), 'kind');
    if (kind === 'serviceaccounts') return { kind: 'no-such-account' };
    return { kind: kind === 'secrets' ? 'no-such-secret' : 'not-served' };
  }
  const detail = failureInWords(reply);
  return { kind: 'unavailable', detail, ...(reply.pausedUntilMs === undefined ? {} : { isBusy: true }) };
}

/**
 * Finds a token that lies in a secret of the service account: its own (`kubernetes.io/service-account-token`), or the
 * dockercfg one of its `imagePullSecrets`, which clusters before 4.16 make for each account.
 * @param host the registry host whose entry of the dockercfg is wanted
 */
export async function findLegacyToken(
  { namespace, name }: Pick<MintOrder, 'namespace' | 'name'>,
  host: string,
  ask: AskAsMinter,
): Promise<string | MintRefusal> {
  const reply = await ask(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}`);
  if (reply.status !== 200) return refusal(reply);
  const account = parseObject(reply.body);
  const named = [...listIn(account, 'secrets'), ...listIn(account, 'imagePullSecrets')];
  const names = new Set(
    named.flatMap((entry) =>
      typeof entry === 'object' && entry !== null ? (textIn(entry, 'name') ?? []) : [],
    ),
  );
  for (const secretName of names) {
    const secret = await ask(`/api/v1/namespaces/${namespace}/secrets/${secretName}`);
    if (secret.status === 403) return refusal(secret);
    if (secret.status !== 200) continue;
    const token = tokenIn(parseObject(secret.body), host);
    if (token !== undefined) return token;
  }
  return { kind: 'not-served' };
}

function tokenIn(secret: object | undefined, host: string): string | undefined {
  const data = objectIn(secret, 'data');
  const decoded = (key: string) => Buffer.from(textIn(data, key) ?? '', 'base64').toString();
  switch (textIn(secret, 'type')) {
    case 'kubernetes.io/service-account-token':
      return decoded('token') || undefined;
    case 'kubernetes.io/dockercfg':
      return textIn(objectIn(parseObject(decoded('.dockercfg')), host), 'password');
    default:
      return undefined;
  }
}
