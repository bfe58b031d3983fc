import { shellQuoted, shownName } from '../../hosts/quoting.ts';
import { QCI_HOST } from '../../registry/catalogue.ts';
import type { ImageReference } from '../../registry/image-reference.ts';
import type { Finding } from './finding.ts';
import { goneNamespace } from './gone-namespace.ts';
import type { ImageStreamAnswer, Right } from './network-state.ts';

export interface MissingImagePorts {
  /** Asks the host's cluster whether its user may pull (`get imagestreams/layers`); `namespace`: undefined: everywhere. */
  mayPull(host: string, namespace: string | undefined, name: string | undefined): Promise<Right>;
  /** Asks the host's cluster for an image stream. */
  imageStream(host: string, namespace: string, name: string): Promise<ImageStreamAnswer>;
  /** Whether a namespace is there, as far as the user may know. */
  hasNamespace(host: string, namespace: string): Promise<boolean | undefined>;
}

/** What is being asked about. */
export interface AskedImage {
  readonly host: string;
  readonly image: ImageReference;
  /** As one would type it. */
  readonly words: string;
}

/** OpenShift says 401 to whoever lacks the right, and for what is not there: its API tells more. */
export async function refusedImage(
  found: AskedImage,
  user: string,
  ports: MissingImagePorts,
): Promise<Finding> {
  const { host, image, words } = found;
  if (host === QCI_HOST) return refusedByQci(found, user, ports);
  const { namespace, name } = partsOf(image);
  const [right, stream] = await Promise.all([
    ports.mayPull(host, namespace, name),
    ports.imageStream(host, namespace, name),
  ]);
  if (right === 'yes') {
    if (stream.kind === 'absent') return noStream(found);
    const why =
      'The cluster says that this user may pull it: the registry goes by another cluster, or by what held a moment ago';
    return {
      status: 'problem',
      host,
      saw: `${host} refuses ${words} to ${user}`,
      why,
      mend: `docker-credential-openshift renew ${host}`,
    };
  }
  if ((await ports.hasNamespace(host, namespace)) === false) return goneNamespace(host, namespace);
  if (right !== 'no') {
    return {
      status: 'problem',
      host,
      saw: `${host} refuses ${words} to ${user}; what right is missing is not known: ${right.unknown}`,
    };
  }
  if (/^ci-op-/.test(namespace))
    return {
      ...goneNamespace(host, namespace),
      saw: `${user} may not pull from the namespace ${namespace}, or it is gone`,
    };
  const isThere = stream.kind === 'there' ? '' : ', or there is no such namespace';
  return {
    status: 'problem',
    host,
    saw: `${user} may not pull from the namespace ${namespace}${isThere}`,
    why: `The right to get imagestreams/layers in it is missing; whoever administers the namespace can grant it`,
    mend: `oc policy add-role-to-user system:image-puller ${shellQuoted(user)} -n ${shellQuoted(namespace)}`,
  };
}

/** QCI asks app.ci for the right in `ocp`, or everywhere (openshift/ci-tools, cmd/qci-appci, by version). */
async function refusedByQci(
  { host, words }: AskedImage,
  user: string,
  ports: MissingImagePorts,
): Promise<Finding> {
  const rights = await Promise.all([
    ports.mayPull(host, 'ocp', undefined),
    ports.mayPull(host, undefined, undefined),
  ]);
  const may = rights.includes('yes');
  return {
    status: 'problem',
    host,
    saw: may ? `QCI refuses ${words} to ${user}` : `${user} may not pull from QCI`,
    why: may
      ? 'app.ci says that this user may pull; then there is no such image, or QCI does not serve it'
      : 'QCI serves people who may get imagestreams/layers in the namespace ocp of app.ci, or everywhere, and service accounts',
    mend: may
      ? 'Compare the tag: NAMESPACE/NAME:TAG is openshift/ci:NAMESPACE_NAME_TAG there.'
      : "Ask OpenShift CI's team for access, or use a service account: docker-credential-openshift service-account create NAMESPACE/NAME --host quay-proxy.ci.openshift.org",
  };
}

/** Who may pull is told that there is no such image. */
export async function absentImage(found: AskedImage, ports: MissingImagePorts): Promise<Finding> {
  const { host, image, words } = found;
  const { namespace, name } = partsOf(image);
  const stream = host === QCI_HOST ? undefined : await ports.imageStream(host, namespace, name);
  if (stream?.kind === 'absent') return noStream(found);
  const tags = stream?.kind === 'there' ? stream.tags : [];
  const shown = tags.slice(0, 10).map(shownName).join(', ');
  const more = tags.length > 10 ? ` and ${tags.length - 10} more` : '';
  const why = shown === '' ? undefined : `Its image stream has the tags ${shown}${more}`;
  return {
    status: 'problem',
    host,
    saw: `There is no ${words}`,
    why,
    mend: 'Compare the name, and the tag or digest.',
  };
}

function noStream({ host, image }: AskedImage): Finding {
  const { namespace, name } = partsOf(image);
  const saw = `There is no image stream ${name} in the namespace ${namespace}`;
  return { status: 'problem', host, saw, mend: `oc get imagestreams -n ${shellQuoted(namespace)}` };
}

/** @returns what an OpenShift registry takes for the namespace */
export function namespaceOf(image: ImageReference): string {
  return partsOf(image).namespace;
}

/** An OpenShift registry's images are `NAMESPACE/NAME`. */
function partsOf({ repository }: ImageReference): { readonly namespace: string; readonly name: string } {
  const slash = repository.indexOf('/');
  return {
    namespace: slash === -1 ? repository : repository.slice(0, slash),
    name: repository.slice(slash + 1),
  };
}
