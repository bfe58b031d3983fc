import type { ManifestReply } from '../../../cluster/ask-registry.ts';
import { shellQuoted, shownName } from '../../../hosts/quoting.ts';
import type { ImageReference } from '../../../registry/image-reference.ts';
import { QCI_HOST } from '../../../registry/qci.ts';
import type { Finding } from '../check.ts';
import type { Facts } from '../facts.ts';

/** What is being asked about. */
export interface AskedImage {
  readonly host: string;
  readonly image: ImageReference;
  /** As one would type it. */
  readonly words: string;
}

/** OpenShift says 401 to whoever lacks the right, and for what is not there: its API tells more. */
export async function refusedImage(asked: AskedImage, user: string, facts: Facts): Promise<Finding> {
  const { host, image, words } = asked;
  if (host === QCI_HOST) return refusedByQci(asked, user, facts);
  const { namespace, name } = partsOf(image);
  const [right, stream] = await Promise.all([
    facts.right(host, 'get', namespace, name),
    facts.imageStream(host, namespace, name),
  ]);
  const problem = { status: 'problem', host } as const;
  if (right === 'yes') {
    if (stream.kind === 'absent') return noStream(asked);
    return {
      ...problem,
      code: 'image-refused',
      why: `${host} refuses ${words} to ${user}`,
      effect:
        'The cluster says that this user may pull it: the registry goes by another cluster, or by what held a moment ago',
      fix: { run: `docker-credential-openshift renew ${host}` },
    };
  }
  if ((await facts.hasNamespace(host, namespace)) === false) return goneNamespace(host, namespace);
  if (right !== 'no') {
    const why = `${host} refuses ${words} to ${user}; what right is missing is not known: ${right.unknown}`;
    return { ...problem, code: 'image-refused', why };
  }
  if (/^ci-op-/.test(namespace)) {
    const why = `${user} may not pull from the namespace ${namespace}, or it is gone`;
    return { ...goneNamespace(host, namespace), why };
  }
  const isThere = stream.kind === 'there' ? '' : ', or there is no such namespace';
  return {
    ...problem,
    code: 'image-not-allowed',
    why: `${user} may not pull from the namespace ${namespace}${isThere}`,
    effect: `The right to get imagestreams/layers in it is missing; whoever administers the namespace can grant it`,
    fix: {
      run: `oc policy add-role-to-user system:image-puller ${shellQuoted(user)} -n ${shellQuoted(namespace)}`,
    },
  };
}

/** QCI asks app.ci for the right in `ocp`, or everywhere (openshift/ci-tools, cmd/qci-appci, by version). */
async function refusedByQci({ host, words }: AskedImage, user: string, { right }: Facts): Promise<Finding> {
  const rights = await Promise.all([
    right(host, 'get', 'ocp', undefined),
    right(host, 'get', undefined, undefined),
  ]);
  if (rights.includes('yes')) {
    return {
      status: 'problem',
      code: 'image-refused',
      host,
      why: `QCI refuses ${words} to ${user}`,
      effect: 'app.ci says that this user may pull; then there is no such image, or QCI does not serve it',
      fix: { do: 'Compare the tag: NAMESPACE/NAME:TAG is openshift/ci:NAMESPACE_NAME_TAG there.' },
    };
  }
  return {
    status: 'problem',
    code: 'image-not-allowed',
    host,
    why: `${user} may not pull from QCI`,
    effect:
      'QCI serves people who may get imagestreams/layers in the namespace ocp of app.ci, or everywhere, and service accounts',
    fix: {
      do: `Ask OpenShift CI's team for access, or use a service account: docker-credential-openshift service-account create NAMESPACE/NAME --host ${QCI_HOST}`,
    },
  };
}

/** A namespace that is not there, or that the user may not look into. */
function goneNamespace(host: string, namespace: string): Finding {
  const why = `There is no namespace ${namespace}`;
  const problem = { status: 'problem', code: 'no-namespace', host } as const;
  if (!namespace.startsWith('ci-op-')) return { ...problem, why, fix: { run: 'oc get projects' } };
  return {
    ...problem,
    why: `${why}: it is gone`,
    effect:
      'The namespace of a job of OpenShift CI is deleted an hour after the job ended, and only the author of the pull request may read it',
    fix: { do: 'Run the job again, and pull within the hour: /test JOB in the pull request.' },
  };
}

/**
 * Who may pull is told that there is no such image, or that the registry could not get it from where it is to be had.
 * @param facts undefined: there is nobody to ask the cluster as
 */
export async function absentImage(
  asked: AskedImage,
  answer: Extract<ManifestReply, { kind: 'absent' | 'not-pulled-through' }>,
  facts: Facts | undefined,
): Promise<Finding> {
  const { host, image, words } = asked;
  if (answer.kind === 'not-pulled-through') return notHad(asked, answer.detail);
  const { namespace, name } = partsOf(image);
  const stream =
    facts === undefined || host === QCI_HOST ? undefined : await facts.imageStream(host, namespace, name);
  if (stream?.kind === 'absent') return noStream(asked);
  const tags = stream?.kind === 'there' ? stream.tags : [];
  const wanted = image.digest === undefined ? (image.tag ?? 'latest') : undefined;
  const importFault = tags.find((tag) => tag.name === wanted)?.importFault;
  if (importFault !== undefined) return notHad(asked, importFault);
  const names = tags.filter((tag) => tag.importFault === undefined).map((tag) => tag.name);
  const shown = names.slice(0, 10).map(shownName).join(', ');
  const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
  return {
    status: 'problem',
    code: 'no-image',
    host,
    why: `There is no ${words}`,
    effect: shown === '' ? undefined : `Its image stream has the tags ${shown}${more}`,
    fix: { do: 'Compare the name, and the tag or digest.' },
  };
}

/** The image stream leads to another registry, which is where the fault is. */
function notHad({ host, image, words }: AskedImage, detail: string): Finding {
  const { namespace, name } = partsOf(image);
  return {
    status: 'problem',
    code: 'image-not-imported',
    host,
    why: `${host} could not get ${words} from the registry that its image stream leads to: ${detail}`,
    effect: 'The image is named here and lies elsewhere; no login of yours to this registry changes that',
    fix: { run: `oc describe imagestream ${shellQuoted(name)} -n ${shellQuoted(namespace)}` },
  };
}

function noStream({ host, image }: AskedImage): Finding {
  const { namespace, name } = partsOf(image);
  const why = `There is no image stream ${name} in the namespace ${namespace}`;
  const fix = { run: `oc get imagestreams -n ${shellQuoted(namespace)}` };
  return { status: 'problem', code: 'no-image-stream', host, why, fix };
}

/** The registry could not be asked. */
export function unknownImage({ host, words }: AskedImage, detail: string): Finding {
  const why = `Whether ${words} can be pulled is not known: ${detail}`;
  return { status: 'skipped', code: 'image-pull-unknown', host, why };
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
