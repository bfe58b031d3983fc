import { createHash } from 'node:crypto';
import type { Inspection } from '../hosts/check-token.ts';
import { readJwt } from '../hosts/jwt.ts';
import { numberIn, objectIn, parseObject, textIn } from './reply-fields.ts';
import { failureInWords } from './retry-after.ts';
import type { Reply } from './send-request.ts';

/** The servers of one cluster, asked with one token as bearer. */
export interface BearerRequests {
  /** One request to the API server. */
  ask(path: string, body?: object): Promise<Reply>;
  /** One request to the OAuth server; undefined if the cluster names none. */
  askOAuthServer(path: string): Promise<Reply | undefined>;
}

/**
 * Asks a cluster about a token: is it accepted, whose is it, when does it end?
 * One request for an OAuth token (its own object tells all three) and for most others.
 * @param cluster asked with that token
 */
export async function inspectToken(
  token: string,
  cluster: BearerRequests,
  nowMs: () => number,
): Promise<Inspection> {
  if (isOAuthToken(token)) return inspectOAuthToken(token, cluster, nowMs);
  const jwt = readJwt(token);
  const who = await whoAmI(cluster);
  if (who.kind !== 'accepted' || jwt === undefined) return who;
  if (jwt.exp === undefined) return { ...who, expiresAtMs: null };
  const expiresAtMs = localTimeMs(jwt.exp * 1000, who.dateMs, nowMs());
  return { ...who, expiresAtMs, lifeMs: jwt.iat === undefined ? undefined : (jwt.exp - jwt.iat) * 1000 };
}

async function inspectOAuthToken(
  token: string,
  cluster: BearerRequests,
  nowMs: () => number,
): Promise<Inspection> {
  const reply = await cluster.ask(
    `/apis/oauth.openshift.io/v1/useroauthaccesstokens/${oauthTokenObjectName(token)}`,
  );
  const body = parseObject(reply.body);
  if (reply.status === 200 && textIn(body, 'kind') === 'UserOAuthAccessToken')
    return readOwnObject(reply, body, nowMs());
  if (reply.status === 404 && textIn(objectIn(body, 'details'), 'kind') === 'useroauthaccesstokens') {
    return { kind: 'revoked' };
  }
  // A scope that keeps the token from reading its own object, or a cluster without this API.
  if (reply.status !== 403 && reply.status !== 404) return inconclusive(reply);
  const scopes = /scopes \[([^[\]]*)\] prevent this action/.exec(textIn(body, 'message') ?? '')?.[1];
  const who = await whoAmI(cluster);
  if (who.kind !== 'accepted') return who;
  const opensImages = scopes === undefined || scopesOpenImages(scopes.split(/[ ,]+/));
  const { dateMs: _, ...said } = who;
  return { ...said, opensImages, expiresAtMs: await askForEnd(cluster, nowMs) };
}

function readOwnObject(reply: Reply, body: object | undefined, nowMs: number): Inspection {
  const createdMs = Date.parse(textIn(objectIn(body, 'metadata'), 'creationTimestamp') ?? '');
  // Zero, which Go's encoder leaves out, means that it never ends (openshift/api, oauth/v1).
  const lifeSeconds = numberIn(body, 'expiresIn') ?? 0;
  const idleSeconds = numberIn(body, 'inactivityTimeoutSeconds') ?? 0;
  const { dateMs } = reply;
  const endAfter = (seconds: number): number => localTimeMs(createdMs + seconds * 1000, dateMs, nowMs);
  const hasStart = !Number.isNaN(createdMs);
  const scopes = (body as { scopes?: unknown }).scopes;
  return {
    kind: 'accepted',
    username: textIn(body, 'userName') ?? '',
    expiresAtMs: hasStart ? (lifeSeconds === 0 ? null : endAfter(lifeSeconds)) : undefined,
    lifeMs: lifeSeconds === 0 ? undefined : lifeSeconds * 1000,
    idleEndsAtMs: hasStart && idleSeconds > 0 ? endAfter(idleSeconds) : undefined,
    opensImages: !Array.isArray(scopes) || scopesOpenImages(scopes),
  };
}

/**
 * Whether a token of these scopes may open an image: full ones, and those of a role (which the registry judges). The
 * `user:` scopes pass its token endpoint and then fail on every manifest, public ones too.
 */
function scopesOpenImages(scopes: readonly unknown[]): boolean {
  return (
    scopes.length === 0 || scopes.some((scope) => scope === 'user:full' || String(scope).startsWith('role:'))
  );
}

type Who = Exclude<Inspection, { kind: 'accepted' }> | (Extract<Inspection, { kind: 'accepted' }> & HasDate);
interface HasDate {
  readonly dateMs: number | undefined;
}

/** Whose token it is, on any cluster: OpenShift's own API, else Kubernetes' (external OIDC has no users). */
async function whoAmI({ ask }: BearerRequests): Promise<Who> {
  const reply = await ask('/apis/user.openshift.io/v1/users/~');
  const body = parseObject(reply.body);
  if (reply.status === 200 && textIn(body, 'kind') === 'User') {
    return accepted(textIn(objectIn(body, 'metadata'), 'name') ?? '', reply.dateMs);
  }
  if (reply.status === 403) return forbidden(textIn(body, 'message') ?? '', reply.dateMs);
  if (reply.status !== 404) return inconclusive(reply);

  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const reviewed = await ask('/apis/authentication.k8s.io/v1/selfsubjectreviews', review);
  const answer = parseObject(reviewed.body);
  const name = textIn(objectIn(objectIn(answer, 'status'), 'userInfo'), 'username');
  if (reviewed.status === 201 && name !== undefined) return accepted(name, reviewed.dateMs);
  if (reviewed.status === 403) return forbidden(textIn(answer, 'message') ?? '', reviewed.dateMs);
  return inconclusive(reviewed);
}

/** 403 is said to one who was recognised, and may not do this; or to nobody, where the token was not looked at. */
function forbidden(message: string, dateMs: number | undefined): Who {
  const name = /User "([^"]+)"/.exec(message)?.[1];
  return name === undefined || name === 'system:anonymous' ? { kind: 'rejected' } : accepted(name, dateMs);
}

function accepted(username: string, dateMs: number | undefined): Who {
  return {
    kind: 'accepted',
    username,
    expiresAtMs: undefined,
    idleEndsAtMs: undefined,
    opensImages: true,
    dateMs,
  };
}

function inconclusive(reply: Reply): Exclude<Inspection, { kind: 'accepted' }> {
  if (reply.status === 0) return { kind: 'unreachable', detail: reply.detail };
  if (reply.status === 401) return { kind: 'rejected' };
  return { kind: 'unavailable', detail: failureInWords(reply) };
}

/** `/oauth/info` tells what is left of a token's life (openshift/oauth-server; seen on 4.13). */
async function askForEnd(
  { askOAuthServer }: BearerRequests,
  nowMs: () => number,
): Promise<number | null | undefined> {
  const reply = await askOAuthServer('/oauth/info');
  if (reply === undefined || reply.status !== 200) return undefined;
  const seconds = numberIn(parseObject(reply.body), 'expires_in');
  // The life of a token that never ends is zero, of which its age is taken: a live token has no other way to that.
  return seconds === undefined || seconds <= 0 ? undefined : nowMs() + seconds * 1000;
}

/** What came of asking a cluster to end a token. */
export type Revocation =
  | { readonly kind: 'revoked' }
  /** Its object was gone already. */
  | { readonly kind: 'gone' }
  /** 401: the bearer has ended, or the cluster can't validate tokens just now. */
  | { readonly kind: 'rejected' }
  /** The bearer's scope does not let it. */
  | { readonly kind: 'forbidden' }
  /** `detail`: no connection, or an answer that says nothing of the token. */
  | { readonly kind: 'failed'; readonly detail: string };

/**
 * Ends an OAuth token by deleting its object, as `oc logout` does (openshift/oc, pkg/cli/logout; seen on 4.13). The API
 * server may accept it for two more minutes.
 * @param token of the form `sha256~…`
 * @param ask one request to its cluster's API server; its bearer is the token itself, or another one of the same user
 */
export async function revokeToken(
  token: string,
  ask: (path: string, method: 'DELETE') => Promise<Reply>,
): Promise<Revocation> {
  if (!isOAuthToken(token)) return { kind: 'failed', detail: 'it is not an OAuth token' };
  const path = `/apis/oauth.openshift.io/v1/useroauthaccesstokens/${oauthTokenObjectName(token)}`;
  const reply = await ask(path, 'DELETE');
  if (reply.status === 200 || reply.status === 202) return { kind: 'revoked' };
  if (reply.status === 401) return { kind: 'rejected' };
  if (reply.status === 403) return { kind: 'forbidden' };
  if (reply.status === 0) return { kind: 'failed', detail: reply.detail };
  const kind = textIn(objectIn(parseObject(reply.body), 'details'), 'kind');
  // Any other 404 is of a cluster without this API, or of a proxy before it.
  if (reply.status === 404 && kind === 'useroauthaccesstokens') return { kind: 'gone' };
  return { kind: 'failed', detail: failureInWords(reply) };
}

const PREFIX = 'sha256~';

/** @returns whether it is an OAuth token of OpenShift 4.6 or later */
export function isOAuthToken(token: string): boolean {
  return token.startsWith(PREFIX) && token.length > PREFIX.length;
}

/**
 * The name of an OAuth token's own API object: `sha256~` and the unpadded base64url SHA-256 of what follows the
 * prefix (openshift/oauth-apiserver, pkg/tokenvalidation; seen on 4.13).
 */
export function oauthTokenObjectName(token: string): string {
  return PREFIX + createHash('sha256').update(token.slice(PREFIX.length)).digest('base64url');
}

/**
 * A time by the server's clock, told by this machine's, which may be wrong.
 * @param serverTimeMs ms since the epoch
 * @param dateMs the server's clock as it answered; undefined: it did not say, and is taken for right
 * @param nowMs this machine's clock at that moment
 */
export function localTimeMs(serverTimeMs: number, dateMs: number | undefined, nowMs: number): number {
  const offMs = dateMs === undefined ? 0 : nowMs - dateMs;
  // `Date` is in whole seconds, and the answer took its time: less than this is no difference.
  return Math.abs(offMs) < 3000 ? serverTimeMs : serverTimeMs + offMs;
}
