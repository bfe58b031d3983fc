import type { Identity } from '../hosts/identity.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';
import { listIn, objectIn, parseObject, textIn } from './reply-fields.ts';
import type { Reply } from './send-request.ts';

/** Which registry hosts a cluster calls its own. */
export interface Discovery {
  readonly hosts: readonly string[];
  /** Whether the cluster could be asked at all. */
  readonly answered: boolean;
  /** Whether every source was asked: then a host that is not named is not the cluster's. */
  readonly exhaustive: boolean;
  /** The reply that ended the search, where that was a 401 or none at all. */
  readonly endedBy?: Reply;
}

/**
 * Asks a cluster for the hosts of its registry: its image streams, its image config, its routes
 * (openshift/oc, pkg/cli/registry/info; each may be forbidden, and then the next is asked).
 * @param ask one GET to the identity's API server
 * @param isEnough stops the search: the host that was looked for is among these
 */
export async function discoverRegistryHosts(
  identity: Identity,
  ask: (path: string) => Promise<Reply>,
  isEnough: (hosts: readonly string[]) => boolean,
): Promise<Discovery> {
  const hosts = new Set<string>();
  let answered = false;
  let exhaustive = true;
  for (const { path, read } of sources(identity.namespace)) {
    const reply = await ask(path);
    if (reply.status === 0 || reply.status === 401)
      return { hosts: [...hosts], answered, exhaustive: false, endedBy: reply };
    if (reply.status >= 500) exhaustive = false;
    else answered = true;
    if (reply.status === 200) for (const host of read(parseObject(reply.body))) hosts.add(host);
    if (isEnough([...hosts])) return { hosts: [...hosts], answered, exhaustive: false };
  }
  return { hosts: [...hosts], answered, exhaustive };
}

/**
 * An image that the identity may see, to try a pull with: of its own namespace, else of `openshift`.
 * @returns `NAMESPACE/NAME:TAG`; undefined: none is found
 */
export async function findImage(
  { namespace }: Identity,
  ask: (path: string) => Promise<Reply>,
): Promise<string | undefined> {
  for (const name of new Set([namespace ?? 'default', 'openshift'])) {
    const reply = await ask(streamsOf(name, 20));
    const streams = reply.status === 200 ? objectsIn(parseObject(reply.body), 'items') : [];
    for (const stream of streams) {
      // A tag without items was named, and never filled.
      const filled = objectsIn(objectIn(stream, 'status'), 'tags').find(
        (tag) => listIn(tag, 'items').length > 0,
      );
      const [tag, image] = [textIn(filled, 'tag'), textIn(objectIn(stream, 'metadata'), 'name')];
      const spec = `${name}/${image}:${tag}`;
      if (tag !== undefined && image !== undefined && /^[\w./:-]+$/.test(spec)) return spec;
    }
  }
  return undefined;
}

function streamsOf(namespace: string, limit: number): string {
  return `/apis/image.openshift.io/v1/namespaces/${encodeURIComponent(namespace)}/imagestreams?limit=${limit}`;
}

interface Source {
  readonly path: string;
  readonly read: (body: object | undefined) => string[];
}

function sources(namespace: string | undefined): Source[] {
  const namespaces = new Set([namespace ?? 'default', 'openshift']);
  return [
    ...[...namespaces].map((name) => ({
      path: streamsOf(name, 1),
      read: (body: object | undefined) =>
        objectsIn(body, 'items').map((stream) =>
          textIn(objectIn(stream, 'status'), 'publicDockerImageRepository'),
        ),
    })),
    {
      path: '/apis/config.openshift.io/v1/images/cluster',
      read: (body: object | undefined) => listIn(objectIn(body, 'status'), 'externalRegistryHostnames'),
    },
    {
      path: '/apis/route.openshift.io/v1/namespaces/openshift-image-registry/routes',
      read: (body: object | undefined) =>
        objectsIn(body, 'items').map((route) => textIn(objectIn(route, 'spec'), 'host')),
    },
  ].map(({ path, read }) => ({ path, read: (body) => read(body).flatMap(hostOf) }));
}

function objectsIn(body: object | undefined, name: string): object[] {
  return listIn(body, name).filter((item) => typeof item === 'object' && item !== null);
}

/** The host of `HOST/namespace/name`, or of a bare `HOST`. */
function hostOf(repository: unknown): string[] {
  const host = typeof repository === 'string' ? normaliseRegistryHost(repository) : null;
  return host === null ? [] : [host];
}
