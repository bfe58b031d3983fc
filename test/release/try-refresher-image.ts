import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fillsSecret, type RefresherImage } from '../packaging/refresher-root.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { platforms, QEMU } from './release-places.ts';

// Of the image that `scripts/package` made last, for all processors in one. Started by scripts/test-release.

const RELEASE = 'dist/release';
const archive = readdirSync(RELEASE).find((file) => file.endsWith('-image-refresher.tar'));

/** What an OCI archive holds by a digest. */
interface Described {
  readonly digest: string;
  readonly platform?: { readonly architecture: string };
}

/** The image for one processor. */
function imageFor(t: TestContext, architecture: string): RefresherImage {
  const [oci, root] = [temporaryDirectory(t), join(temporaryDirectory(t), 'root')];
  execFileSync('tar', ['-xf', join(RELEASE, archive ?? ''), '-C', oci]);
  const blob = ({ digest }: Described) => join(oci, 'blobs', ...digest.split(':'));
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
  const [list] = read(join(oci, 'index.json')).manifests;
  const found = read(blob(list)).manifests.find(
    ({ platform }: Described) => platform?.architecture === architecture,
  );
  const { layers, config } = read(blob(found));
  mkdirSync(root);
  for (const layer of layers) execFileSync('tar', ['-xzf', blob(layer), '-C', root]);
  return { root, config: read(blob(config)).config };
}

for (const [platform, architecture, emulator] of [
  ['linux-x64', 'amd64', undefined],
  ['linux-arm64', 'arm64', QEMU],
] as const) {
  if (!platforms.includes(platform)) continue;
  const why = archive === undefined ? ' (not run: scripts/package made none)' : '';
  test(`${platform}: the image of the refresher fills a Secret in an empty root${why}`, {
    skip: archive === undefined,
  }, async (t) => {
    await fillsSecret(t, imageFor(t, architecture), emulator);
  });
}
