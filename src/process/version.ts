import { hostname } from 'node:os';
import manifest from '../../package.json' with { type: 'json' };

/** Put in by `scripts/build`: the commit that was built, and its day. */
declare const BUILD_COMMIT: string | undefined;
declare const BUILD_DATE: string | undefined;

/** The first line of `version`. */
export const VERSION = `docker-credential-openshift v${manifest.version}`;

/** The image that `pull-secret` has a CronJob run. */
export const REFRESHER_IMAGE = `ghcr.io/docker-credential-openshift/docker-credential-openshift:${manifest.version}-refresher`;

/**
 * What `version` prints: one line that other copies of this program compare, then what was built, and for what.
 * @param platform such as `linux-x64`
 */
export function versionLines(platform: string): readonly string[] {
  const commit = typeof BUILD_COMMIT === 'string' ? BUILD_COMMIT : undefined;
  const date = typeof BUILD_DATE === 'string' ? BUILD_DATE : undefined;
  return [VERSION, `commit ${commit ?? 'not known'}`, `date ${date ?? 'not known'}`, `platform ${platform}`];
}

/** @returns the address at which a code is explained */
export function docsOf(code: string): string {
  return `${manifest.homepage}/blob/v${manifest.version}/docs/errors.md#${code}`;
}

/** What runs this program, in words. */
export function runtime(): string {
  return process.versions.bun === undefined ? `Node ${process.versions.node}` : 'compiled';
}

/** This machine's name, as far as it can stand in the name of a Kubernetes object. */
export function machineName(): string {
  const safe = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-+|(?<!-)-+$/g, '');
  return safe === '' ? 'machine' : safe;
}
