import { gzipSync } from 'node:zlib';
import { type ImageStore, type Manifest, sha256Digest } from './image-store.ts';

export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const TAR_BLOCK_BYTES = 512;

/**
 * Puts a tiny image into a repository: linux/amd64, docker schema 2, one layer with the file `hello.txt`.
 * The same text gives the same digests in every sandbox.
 */
export function putSampleImage(store: ImageStore, repository: string, tag: string, text: string): Manifest {
  const tar = tarOf('hello.txt', Buffer.from(text));
  const layer = gzipSync(tar, { level: 9 });
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      created: '2026-01-01T00:00:00Z',
      config: { Cmd: ['/hello.txt'] },
      rootfs: { type: 'layers', diff_ids: [sha256Digest(tar)] },
      history: [{ created: '2026-01-01T00:00:00Z', created_by: 'COPY hello.txt /' }],
    }),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: DOCKER_MANIFEST,
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: config.length,
      digest: store.putBlob(repository, config),
    },
    layers: [
      {
        mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
        size: layer.length,
        digest: store.putBlob(repository, layer),
      },
    ],
  };
  return store.putManifest(repository, DOCKER_MANIFEST, Buffer.from(JSON.stringify(manifest)), tag);
}

/** A tar archive (ustar) of one file. */
function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(TAR_BLOCK_BYTES);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((TAR_BLOCK_BYTES - (content.length % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * TAR_BLOCK_BYTES)]);
}
