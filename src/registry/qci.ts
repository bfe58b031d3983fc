import type { ImageReference } from './image-reference.ts';

/** QCI is no OpenShift registry: its token endpoint is `/v2/auth`, and nothing there is public. */
export const QCI_HOST = 'quay-proxy.ci.openshift.org';

/** OpenShift CI's registries that QCI took the place of. */
const REPLACED_BY_QCI = ['registry.ci.openshift.org', 'registry.svc.ci.openshift.org'];
/** All of QCI's images lie in one repository, which is quay.io's. */
export const QCI_REPOSITORY = 'openshift/ci';
const LONGEST_TAG = 128;

/** @returns whether clients are to pull the images of this registry from QCI */
export function isReplacedByQci(host: string): boolean {
  return REPLACED_BY_QCI.includes(host);
}

/**
 * How an image of OpenShift CI's central registry is called at QCI: `NAMESPACE/NAME:TAG` is
 * `openshift/ci:NAMESPACE_NAME_TAG` there (openshift/ci-tools, `QuayImageReference`).
 * @param image of such a registry, or one that was meant to be QCI's
 * @returns undefined if there is none: the name has other than two parts, or would be too long for a tag
 */
export function qciSpelling({ repository, tag, digest }: ImageReference): string | undefined {
  const [namespace, name, more] = repository.split('/');
  if (namespace === undefined || name === undefined || more !== undefined) return undefined;
  const image = `${QCI_HOST}/${QCI_REPOSITORY}`;
  if (digest !== undefined) return `${image}@${digest}`;
  const spelled = `${namespace}_${name}_${tag ?? 'latest'}`;
  return spelled.length > LONGEST_TAG ? undefined : `${image}:${spelled}`;
}
