import { formatTime } from '../clock.ts';
import type { ImageElsewhere, ImageStream } from '../cluster/image-store.ts';
import { jsonReply } from '../http/message.ts';
import { type ApiCall, type ApiGroup, listReply } from './api-call.ts';
import { methodNotAllowed, notFound } from './status.ts';

const API_VERSION = 'image.openshift.io/v1';
/** openshift-apiserver adds its own header to the one of the API server in front of it. */
const NO_STORE = { 'Cache-Control': ['no-cache, private', 'no-store'] };

/** `image.openshift.io`: image streams, which name the registry's internal and public host. */
export const serveImageApi: ApiGroup = (call) => {
  const { cluster, info } = call;
  if (info.version !== 'v1' || info.resource !== 'imagestreams') return undefined;
  if (info.verb === 'list') {
    const items = cluster.images.streams(info.namespace).map((stream) => streamObject(call, stream));
    return listReply(call, 'ImageStreamList', API_VERSION, items, NO_STORE);
  }
  if (info.verb !== 'get') return methodNotAllowed();
  const stream = cluster.images.stream(`${info.namespace}/${info.name}`);
  if (stream === undefined) return notFound(info);
  if (info.subresource === 'layers') return jsonReply(200, layersOf(stream), NO_STORE);
  if (info.subresource !== undefined) return undefined;
  const kind = { kind: 'ImageStream', apiVersion: API_VERSION };
  return jsonReply(200, { ...kind, ...streamObject(call, stream) }, NO_STORE);
};

function streamObject({ cluster }: ApiCall, stream: ImageStream) {
  const repository = `${stream.namespace}/${stream.name}`;
  const internal = `${cluster.internalRegistryHostname}/${repository}`;
  const { publicRegistryHostname: publicHost } = cluster;
  return {
    metadata: {
      name: stream.name,
      namespace: stream.namespace,
      uid: stream.uid,
      resourceVersion: stream.resourceVersion,
      generation: stream.generation,
      creationTimestamp: formatTime(stream.createdMs),
    },
    spec: { lookupPolicy: { local: false } },
    status: {
      dockerImageRepository: internal,
      ...(publicHost === undefined ? {} : { publicDockerImageRepository: `${publicHost}/${repository}` }),
      tags: [
        ...[...stream.tags].map(([tag, images]) => ({
          tag,
          items: images.map((image) => ({
            created: formatTime(image.createdMs),
            dockerImageReference: `${internal}@${image.digest}`,
            image: image.digest,
            generation: 1,
          })),
        })),
        ...[...stream.elsewhere].map(([tag, image]) => tagElsewhere(tag, image, stream.createdMs)),
      ],
    },
  };
}

/** A tag whose import failed has no items, and a condition that says why (openshift-apiserver 2026-02, seen). */
function tagElsewhere(tag: string, { fault, isImported }: ImageElsewhere, createdMs: number): object {
  const at = formatTime(createdMs);
  const image = `sha256:${'0'.repeat(64)}`;
  const dockerImageReference = `source.example.com/team/app@${image}`;
  if (isImported) return { tag, items: [{ created: at, dockerImageReference, image, generation: 1 }] };
  const reason = 'NotFound';
  const condition = {
    type: 'ImportSuccess',
    status: 'False',
    lastTransitionTime: at,
    reason,
    message: fault,
  };
  return { tag, items: null, conditions: [{ ...condition, generation: 1 }] };
}

function layersOf(stream: ImageStream): object {
  const images = Object.fromEntries([...stream.manifests.keys()].map((digest) => [digest, { layers: [] }]));
  return {
    kind: 'ImageStreamLayers',
    apiVersion: API_VERSION,
    metadata: { name: stream.name, namespace: stream.namespace },
    blobs: {},
    images,
  };
}
