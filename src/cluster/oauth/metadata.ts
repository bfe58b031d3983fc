import { AppError, type Fix } from '../../hosts/reason.ts';
import { parseObject, textIn } from '../reply-fields.ts';
import { answerInWords } from '../retry-after.ts';
import { type Reply, type Request, UNREADABLE_AUTHORITY } from '../send-request.ts';

/** Where a cluster's OAuth server is. */
export interface OAuthMetadata {
  /** As the server spells it: some have a slash at the end. */
  readonly issuer: string;
  readonly authorizationEndpoint: URL;
  readonly tokenEndpoint: URL;
}

/**
 * Asks a cluster where one logs in (RFC 8414; OpenShift serves it at the API server, for everybody). The OAuth server is
 * another host than the API server, so that the issuer can't be compared with it: it is the API server's word, given
 * over verified TLS, and its endpoints must be its own.
 * @param server the API server's URL, normalised
 * @param trust how a person has its certificate verified
 * @throws AppError that names the server: away, no OpenShift, an identity provider of its own, or metadata that lead
 *   elsewhere
 */
export async function readOAuthMetadata(
  server: string,
  { askApi }: { askApi(request: Pick<Request, 'method' | 'url' | 'headers'>): Promise<Reply> },
  trust: TrustWords,
): Promise<OAuthMetadata> {
  const url = new URL(`${server}/.well-known/oauth-authorization-server`);
  const reply = await askApi({ method: 'GET', url, headers: { accept: 'application/json' } });
  if (reply.status === 0) throw unreachable(server, reply, trust);
  if (reply.status >= 500 || reply.status === 429) {
    throw new AppError({
      code: 'api-unavailable',
      message: `The API server ${server} ${answerInWords(reply)}`,
      fix: { do: 'Try again in a minute.' },
    });
  }
  const body = reply.status === 200 ? parseObject(reply.body) : undefined;
  const issuer = textIn(body, 'issuer');
  if (reply.status !== 200 && reply.status !== 404) throw withheld(server, reply.status);
  if (issuer === undefined) throw withoutOAuth(server);
  const authorizationEndpoint = endpoint(textIn(body, 'authorization_endpoint'), issuer);
  const tokenEndpoint = endpoint(textIn(body, 'token_endpoint'), issuer);
  if (authorizationEndpoint === undefined || tokenEndpoint === undefined) throw misleading(server);
  return { issuer, authorizationEndpoint, tokenEndpoint };
}

/** An endpoint, if it is one of the issuer's own, over TLS. */
function endpoint(text: string | undefined, issuer: string): URL | undefined {
  if (text === undefined || !URL.canParse(text) || !URL.canParse(issuer)) return undefined;
  const url = new URL(text);
  const isOwn = url.origin === new URL(issuer).origin;
  const isPlain = url.username === '' && url.password === '' && url.hash === '';
  return url.protocol === 'https:' && isOwn && isPlain ? url : undefined;
}

function unreachable(server: string, { detail }: Reply, trust: TrustWords): AppError {
  const distrusted = distrust(detail, trust);
  return new AppError({
    code: 'api-unreachable',
    message: `The API server ${server} can't be reached: ${distrusted?.cause ?? detail}`,
    fix: distrusted?.fix ?? { do: 'Look at the network, a VPN or proxy, and the name, then log in again.' },
  });
}

/** OpenShift serves it to everybody, unless its administrators turned anonymous requests off; Kubernetes says 403. */
function withheld(server: string, status: number): AppError {
  return new AppError({
    code: 'no-oauth-metadata',
    message: `${server} answered ${status} when it was asked where to log in: it is not an OpenShift cluster, a proxy answers for it, or it lets nobody ask who has no token`,
    fix: {
      do: `Look at the address and the proxy, or give a token from the web console: docker-credential-openshift login --token-stdin ${server}`,
    },
  });
}

function withoutOAuth(server: string): AppError {
  return new AppError({
    code: 'no-oauth-server',
    message: `${server} names no OAuth server: it is not an OpenShift cluster, or one whose people log in at an identity provider of its own`,
    fix: {
      do: `For the latter: oc login ${server} --exec-plugin=oc-oidc --issuer-url=URL --client-id=ID`,
    },
  });
}

function misleading(server: string): AppError {
  return new AppError({
    code: 'foreign-oauth-server',
    message: `${server} says that its people log in at an OAuth server whose addresses are not all its own, over https: no password or token is sent there`,
    fix: {
      do: `Ask the administrators of ${server} what its /.well-known/oauth-authorization-server should say.`,
    },
  });
}

/** How a person has an API server's certificate verified. */
export interface TrustWords {
  /** The file that the authority was given in (`--certificate-authority`); undefined: none was given. */
  readonly givenFile: string | undefined;
  /** The command that logs in anew, by another file of that option. */
  readonly command: string;
}

/**
 * Tells of an API server that can't be reached, where it is its certificate that can't be verified.
 * @param detail why it can't be reached, as a reply has it
 * @returns the cause and the fix of an error; undefined: it is something else
 */
export function distrust(
  detail: string,
  { givenFile, command }: TrustWords,
): { readonly cause: string; readonly fix: Fix } | undefined {
  if (detail !== 'its certificate is not trusted' && detail !== UNREADABLE_AUTHORITY) return undefined;
  if (givenFile === undefined)
    return { cause: detail, fix: { do: `Give the file of its authority: ${command}` } };
  return {
    cause: `${detail}, since ${givenFile} does not hold the authority that signed it`,
    fix: { do: `Ask the cluster's administrators for that authority, and give its file: ${command}` },
  };
}
