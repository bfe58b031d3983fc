import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';

export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** An image a tag pointed to, newest first in `ImageStream.tags`. */
export interface TaggedImage {
  readonly digest: string;
  readonly createdMs: number;
}

/** An image that the registry is to get from another one, and can't. */
export interface ImageElsewhere {
  /** Why, in the words of the registry, or of the import. */
  readonly fault: string;
  /** Whether its import went well: then only the registry, which pulls it through, says that it can't be had. */
  readonly isImported: boolean;
}

/** What the registry keeps of a repository, and the image API shows as an image stream. */
export interface ImageStream {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly createdMs: number;
  resourceVersion: string;
  generation: number;
  readonly tags: Map<string, TaggedImage[]>;
  /** By tag. */
  readonly elsewhere: Map<string, ImageElsewhere>;
  readonly manifests: Map<string, Manifest>;
}

/** Images of one registry, in memory. Repositories are named `namespace/name`. */
export interface ImageStore {
  stream(repository: string): ImageStream | undefined;
  /** Ordered by name; all of them without a namespace. */
  streams(namespace?: string): ImageStream[];
  /** Bytes of a blob that the repository holds. */
  blob(repository: string, digest: string): Buffer | undefined;
  /** Adds a blob to a repository and returns its digest. */
  putBlob(repository: string, bytes: Buffer): string;
  /** Stores a manifest, under a tag if given; the image stream comes into being with the first one. */
  putManifest(repository: string, mediaType: string, bytes: Buffer, tag?: string): Manifest;
  /** Tags an image that lies in another registry, and can't be had from there. */
  putElsewhere(repository: string, tag: string, image: ImageElsewhere): void;
  /** The manifest under a tag or digest. */
  manifest(repository: string, reference: string): Manifest | undefined;
}

export function sha256Digest(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function createImageStore(clock: Clock, nextVersion: () => string): ImageStore {
  const streams = new Map<string, ImageStream>();
  const blobs = new Map<string, Buffer>();
  const links = new Map<string, Set<string>>();

  function openStream(repository: string): ImageStream {
    const existing = streams.get(repository);
    if (existing !== undefined) return existing;
    const slash = repository.indexOf('/');
    const stream: ImageStream = {
      namespace: repository.slice(0, slash),
      name: repository.slice(slash + 1),
      uid: randomUUID(),
      createdMs: clock.nowMs(),
      resourceVersion: nextVersion(),
      generation: 1,
      tags: new Map(),
      elsewhere: new Map(),
      manifests: new Map(),
    };
    streams.set(repository, stream);
    return stream;
  }

  return {
    stream: (repository) => streams.get(repository),
    streams(namespace) {
      const found = [...streams.values()].filter((s) => namespace === undefined || s.namespace === namespace);
      return found.sort((a, b) => `${a.namespace}/${a.name}`.localeCompare(`${b.namespace}/${b.name}`));
    },
    blob: (repository, digest) => (links.get(repository)?.has(digest) ? blobs.get(digest) : undefined),
    putBlob(repository, bytes) {
      const digest = sha256Digest(bytes);
      blobs.set(digest, bytes);
      links.set(repository, (links.get(repository) ?? new Set()).add(digest));
      return digest;
    },
    putManifest(repository, mediaType, bytes, tag) {
      const stream = openStream(repository);
      const manifest = { digest: sha256Digest(bytes), mediaType, bytes };
      stream.manifests.set(manifest.digest, manifest);
      if (tag !== undefined) {
        const history = stream.tags.get(tag) ?? [];
        if (history[0]?.digest !== manifest.digest) {
          history.unshift({ digest: manifest.digest, createdMs: clock.nowMs() });
        }
        stream.tags.set(tag, history);
      }
      stream.resourceVersion = nextVersion();
      return manifest;
    },
    putElsewhere: (repository, tag, image) => void openStream(repository).elsewhere.set(tag, image),
    manifest(repository, reference) {
      const stream = streams.get(repository);
      const digest = reference.includes(':') ? reference : stream?.tags.get(reference)?.[0]?.digest;
      return digest === undefined ? undefined : stream?.manifests.get(digest);
    },
  };
}
