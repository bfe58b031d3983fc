import { apiHost } from '../registry/server-url.ts';
import { listIn, parseObject, textIn } from './reply-fields.ts';
import type { Reply } from './send-request.ts';

/** What a registry says of an image. */
export type ManifestReply =
  | { readonly kind: 'there' }
  | { readonly kind: 'absent' }
  /** It is to be had from another registry, and that failed: why, in the registry's words. */
  | { readonly kind: 'not-pulled-through'; readonly detail: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown'; readonly detail: string };

/** One request over verified TLS; never throws. */
export type Send = (url: URL, headers: Record<string, string>, method: 'GET' | 'HEAD') => Promise<Reply>;

/** What engines take as an image. */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
].join(', ');

/**
 * Asks a registry for an image's manifest as engines do (distribution, "Token authentication"): by the challenge of the
 * first answer, with the token that its realm gives. Credentials go to the registry itself and to nobody else.
 * @param image `reference`: a tag or a digest
 * @param login undefined: anonymously
 */
export async function askForManifest(
  image: { readonly host: string; readonly repository: string; readonly reference: string },
  login: { readonly username: string; readonly token: string } | undefined,
  send: Send,
): Promise<ManifestReply> {
  const { host, repository, reference } = image;
  const url = new URL(`https://${host}/v2/${repository}/manifests/${reference}`);
  const ask = async (headers: Record<string, string>): Promise<Reply> => {
    const reply = await send(url, { accept: MANIFESTS, ...headers }, 'HEAD');
    // Why it is not there stands in the body alone.
    return reply.status === 404 ? send(url, { accept: MANIFESTS, ...headers }, 'GET') : reply;
  };
  const first = await ask({});
  const header = first.headers?.['www-authenticate'];
  if (first.status !== 401 || header === undefined) return told(first);
  const challenge = readChallenge(header);
  const basic = login === undefined ? undefined : basicOf(login);
  const isOwn = challenge.realm?.host === url.host;
  if (challenge.realm === undefined || (basic !== undefined && !isOwn)) {
    if (basic === undefined) return { kind: 'refused' };
    if (challenge.realm !== undefined) return { kind: 'unknown', detail: 'its token endpoint is elsewhere' };
    return told(await ask({ authorization: basic }));
  }
  const { realm } = challenge;
  if (challenge.service !== undefined) realm.searchParams.set('service', challenge.service);
  realm.searchParams.set('scope', challenge.scope ?? `repository:${repository}:pull`);
  const given = await send(realm, basic === undefined ? {} : { authorization: basic }, 'GET');
  if (given.status !== 200) return told(given, 'its token endpoint');
  const body = parseObject(given.body);
  const token = textIn(body, 'token') ?? textIn(body, 'access_token');
  if (token === undefined) return { kind: 'unknown', detail: 'its token endpoint gave no token' };
  return told(await ask({ authorization: `Bearer ${token}` }));
}

/**
 * Asks a registry whether it takes a login, for no image in particular, by the challenge of its `/v2/`, and with the
 * parameters that engines send (distribution, "Token authentication"; `account` is docker's and podman's).
 * @param challenge the `WWW-Authenticate` of that answer, whose status was 401
 * @param goesTo `itself`: to the registry and to nobody else; `its realm`: wherever the registry says that its tokens are
 *   given out, over verified TLS
 */
export async function askForLogin(
  host: string,
  challenge: string,
  login: { readonly username: string; readonly token: string },
  goesTo: 'itself' | 'its realm',
  send: Send,
): Promise<LoginReply> {
  const authorization = basicOf(login);
  const { isBasic, realm, service } = readChallenge(challenge);
  if (isBasic)
    return judgeLogin(await send(new URL(`https://${host}/v2/`), { authorization }, 'GET'), 'registry');
  if (realm === undefined) return { kind: 'unknown', detail: 'it names no https endpoint for its tokens' };
  if (goesTo === 'itself' && realm.host !== new URL(`https://${host}`).host) {
    return { kind: 'unknown', detail: `its tokens are given out by ${realm.host}` };
  }
  if (service !== undefined) realm.searchParams.set('service', service);
  realm.searchParams.set('account', login.username);
  return judgeLogin(await send(realm, { authorization }, 'GET'), 'token endpoint');
}

/**
 * Asks a registry whether it takes the login that a person typed for it, from the start. Unlike a cluster's token it is
 * the secret for this registry and for nothing else, and the engine that asks for it sends it a moment later to the same
 * realm: docker.io has its tokens given out by auth.docker.io, a GitLab registry by its GitLab.
 * @param host a normalised registry host
 */
export async function askForTypedLogin(
  host: string,
  login: { readonly username: string; readonly token: string },
  send: Send,
): Promise<LoginReply> {
  const url = `https://${apiHost(host)}/v2/`;
  // Runtimes differ in what they take for a name (`xn--a`).
  if (!URL.canParse(url)) return { kind: 'unknown', detail: 'its name makes no URL' };
  const first = await send(new URL(url), {}, 'GET');
  const challenge = first.headers?.['www-authenticate'];
  if (first.status === 401 && challenge !== undefined)
    return askForLogin(apiHost(host), challenge, login, 'its realm', send);
  const said = judgeLogin(first, 'registry');
  // Who was shown no login refuses none.
  return said.kind === 'refused' ? { kind: 'unknown', detail: `it answered ${first.status}` } : said;
}

function basicOf({ username, token }: { readonly username: string; readonly token: string }): string {
  return `Basic ${Buffer.from(`${username}:${token}`).toString('base64')}`;
}

function told(reply: Reply, who = 'it'): ManifestReply {
  const { status, detail } = reply;
  if (status === 0) return { kind: 'unknown', detail };
  if (status === 200) return { kind: 'there' };
  if (status === 404 && who === 'it') return whyAbsent(reply);
  if (status === 401 || status === 403) return { kind: 'refused' };
  return { kind: 'unknown', detail: `${who} answered ${status}` };
}

/** OpenShift's registry gets some images from others, and says which of them it could not get (image-registry 2026-01). */
function whyAbsent({ body }: Reply): ManifestReply {
  const [error] = listIn(parseObject(body), 'errors');
  const fields = typeof error === 'object' && error !== null ? error : undefined;
  if (textIn(fields, 'code') !== 'OPENSHIFT_PULLTHROUGH_MANIFEST') return { kind: 'absent' };
  return { kind: 'not-pulled-through', detail: textIn(fields, 'message') ?? 'it does not say why' };
}

interface Challenge {
  readonly isBasic: boolean;
  /** Of a Bearer challenge; undefined: another kind, or no https URL. */
  readonly realm: URL | undefined;
  readonly service: string | undefined;
  readonly scope: string | undefined;
}

/** Reads `WWW-Authenticate: Bearer realm="…",service="…",scope="…"`. */
function readChallenge(header: string): Challenge {
  const field = (name: string) => new RegExp(`(?:^|[\\s,])${name}="([^"]*)"`, 'i').exec(header)?.[1];
  const realm = field('realm') ?? '';
  const isBearer = /^bearer\s/i.test(header) && URL.canParse(realm) && realm.startsWith('https:');
  return {
    isBasic: /^basic\b/i.test(header),
    realm: isBearer ? new URL(realm) : undefined,
    service: field('service'),
    scope: field('scope'),
  };
}

/** What a registry says of a login, where it gives out its tokens. */
export type LoginReply =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused' }
  /** It answers, and fails. */
  | { readonly kind: 'failing'; readonly status: number }
  /** It could not be reached, or its answer says nothing of the login. */
  | { readonly kind: 'unknown'; readonly detail: string };

/**
 * What a reply to a login says of it: the one place where that is judged. Only 401 and 403 are a refusal, and not all of
 * them.
 * @param from who replied: a token endpoint accepts by giving a token, in JSON; `/v2/` by any 200
 */
export function judgeLogin({ status, detail, body }: Reply, from: 'token endpoint' | 'registry'): LoginReply {
  if (status === 0) return { kind: 'unknown', detail };
  if (status >= 500 || status === 429) return { kind: 'failing', status };
  // So the registry says 401 where its cluster could not look at the token (image-registry, seen on 4.13).
  if (/unable to validate token: ServiceUnavailable/.test(body)) return { kind: 'failing', status };
  if (status === 401 || status === 403) return { kind: 'refused' };
  // A redirect leads to a page to log in at, or to another name of the registry: either way nobody looked at the login.
  if (status !== 200) return { kind: 'unknown', detail: `it answered ${status}` };
  const isPage = from === 'token endpoint' && parseObject(body) === undefined;
  return isPage
    ? { kind: 'unknown', detail: 'it answered with something else than a token' }
    : { kind: 'accepted' };
}
