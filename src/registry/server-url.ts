import { catalogue } from './catalogue.ts';

/**
 * The URL of a cluster's API server, in the one spelling that this program compares and stores.
 *
 * @param text the `server` of a kubeconfig cluster or of our config file
 * @returns scheme, lower-case host, port (left out where it is the scheme's own) and path without a
 *   trailing slash; null if the text is no http(s) URL or carries a user name, a query or a fragment
 */
export function normaliseServerUrl(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    // URL throws for what is not a URL: that is the answer here.
    return null;
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  return `${url.protocol}//${url.host}${url.pathname.replace(/(?<!\/)\/+$/, '')}`;
}

/**
 * Where a cluster's API server should be by the names that OpenShift's installer gives: `api.DOMAIN:6443`, beside
 * `*.apps.DOMAIN` for consoles and registries. A cluster may have others, so that it is for people to try.
 * @param host a host name, with or without a port
 * @returns a URL; undefined: the name tells nothing
 */
export function guessApiServer(host: string): string | undefined {
  const [name = ''] = host.split(':');
  if (name.startsWith('api.')) return `https://${name === host ? `${name}:6443` : host}`;
  const at = name.indexOf('.apps.');
  return at === -1 ? undefined : `https://api.${name.slice(at + '.apps.'.length)}:6443`;
}

/**
 * The host that a registry's API is at. Docker Hub's images have a name that is not its registry's (distribution/reference,
 * docker's registry.DefaultV2Registry).
 * @param host a normalised registry host
 */
export function apiHost(host: string): string {
  return host === 'docker.io' || host === 'index.docker.io' ? 'registry-1.docker.io' : host;
}

/** What a page of a cluster's web console is about, as far as its URL tells. */
export interface ConsolePage {
  /** The registry of the console's cluster; undefined: it can't be told. */
  readonly registry: string | undefined;
  /** True: that is the name which registries have by default, and nobody said that this one has it. */
  readonly isGuess: boolean;
  readonly namespace: string | undefined;
  readonly imageStream: string | undefined;
  readonly tag: string | undefined;
}

/** Where OpenShift's installer puts the console; its registry's default route lies beside it. */
const DEFAULT_CONSOLE = /^console-openshift-console\.apps\.(.+)$/;
const NAME = '[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?';
/** The pages of a project and of what is in it (openshift/console, `k8s/cluster/projects/…`, `k8s/ns/…`). */
const NAMESPACE = new RegExp(
  `^/(?:k8s/cluster/(?:projects|namespaces)|k8s/ns|project-details/ns)/(${NAME})(?:/|$)`,
);
const IMAGE_STREAM =
  /^\/k8s\/ns\/[^/]+\/(?:imagestreams|imagestreamtags|image\.openshift\.io~v1~ImageStream(?:Tag)?)\/([a-z0-9._-]+)(?::([\w.-]+))?(?:\/|$)/;

/**
 * Reads the URL of a page in a web console, such as a job log of OpenShift CI names
 * (`https://console.build02.ci.openshift.org/k8s/cluster/projects/ci-op-2c2tvgti`).
 */
export function readConsoleUrl(url: URL): ConsolePage {
  const path = decoded(url.pathname);
  const [, namespace] = NAMESPACE.exec(path) ?? [];
  const [, imageStream, tag] = IMAGE_STREAM.exec(path) ?? [];
  const known = knownRegistry(url.hostname);
  const [, domain] = DEFAULT_CONSOLE.exec(url.hostname) ?? [];
  const guess = domain === undefined ? undefined : `default-route-openshift-image-registry.apps.${domain}`;
  const registry = known ?? guess;
  const isGuess = known === undefined && registry !== undefined;
  return { registry, isGuess, namespace, imageStream, tag };
}

/** OpenShift CI's consoles are named as its registries, or by the installer as its API servers. */
function knownRegistry(console: string): string | undefined {
  const byName = console.replace(/^console\./, 'registry.');
  const [, domain] = DEFAULT_CONSOLE.exec(console) ?? [];
  return catalogue.find(
    ({ host, server }) =>
      (console.startsWith('console.') && host === byName) ||
      (domain !== undefined && server !== null && new URL(server).hostname === `api.${domain}`),
  )?.host;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    // A stray percent sign: then it is taken as it stands.
    if (!(error instanceof URIError)) throw error;
    return path;
  }
}
