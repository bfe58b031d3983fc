import { shellQuoted, shownName } from '../../../credential/quoting.ts';
import { QCI_HOST } from '../../../registry/catalogue.ts';
import { type ImageReference, imageInWords } from '../../../registry/image-reference.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';
import { goneNamespace } from '../gone-namespace.ts';
import type { ImageStreamAnswer, Login, ManifestAnswer, Right } from '../network-state.ts';

export interface ImagePullPorts {
  loginOf(host: string): Promise<Login>;
  /** Asks the registry for the image's manifest, as the user or as nobody. */
  manifest(host: string, image: ImageReference, as: 'user' | 'anonymous'): Promise<ManifestAnswer>;
  /** Asks the host's cluster whether its user may pull (`get imagestreams/layers`); `namespace`: undefined: everywhere. */
  mayPull(host: string, namespace: string | undefined, name: string | undefined): Promise<Right>;
  /** Asks the host's cluster for an image stream. */
  imageStream(host: string, namespace: string, name: string): Promise<ImageStreamAnswer>;
  /** Whether a namespace is there, as far as the user may know. */
  hasNamespace(host: string, namespace: string): Promise<boolean | undefined>;
}

/** What is being asked about, and what was found. */
interface Case {
  readonly host: string;
  readonly image: ImageReference;
  readonly words: string;
  readonly login: Login;
  readonly asUser: ManifestAnswer | undefined;
  readonly asAnybody: ManifestAnswer;
}

/** Whether the image can be pulled: with the token that its host gets, and by anybody. */
export async function imagePull(
  ports: ImagePullPorts,
  { subject }: Pick<CheckContext, 'subject'>,
): Promise<readonly Finding[]> {
  if (subject.kind !== 'image') return [];
  const { host, image } = subject;
  const words = imageInWords(image);
  const asking = ports.manifest(host, image, 'anonymous');
  const login = await ports.loginOf(host);
  const asUser = login.kind === 'token' ? await ports.manifest(host, image, 'user') : undefined;
  const found: Case = { host, image, words, login, asUser, asAnybody: await asking };
  return [await ofUser(found, ports), ...ofAnybody(found)];
}

async function ofUser(found: Case, ports: ImagePullPorts): Promise<Finding> {
  const { host, words, login, asUser, asAnybody } = found;
  if (login.kind === 'none' || asUser === undefined) return withoutToken(found, ports);
  const user = login.username;
  switch (asUser.kind) {
    case 'there':
      return { status: 'ok', host, saw: `${words} can be pulled as ${user}` };
    case 'absent':
      return absent(found, ports);
    case 'unknown':
      return {
        status: 'skipped',
        host,
        saw: `Whether ${words} can be pulled is not known: ${asUser.detail}`,
      };
    case 'refused':
      return asAnybody.kind === 'there' ? closedByLogin(found, user) : refused(found, user, ports);
  }
}

/** OpenShift judges a valid token as its user, with no fallback to anonymous. */
function closedByLogin({ host, image, words }: Case, user: string): Finding {
  const { namespace } = partsOf(image);
  return {
    status: 'problem',
    host,
    saw: `${words} can be pulled without a login, and not as ${user}`,
    why: `The namespace ${namespace} is opened to system:unauthenticated only: a valid login closes it. Instead of the grant, anonymous: true for ${host} in the config lets everything there be pulled without a login`,
    mend: `oc policy add-role-to-group system:image-puller system:authenticated -n ${shellQuoted(namespace)}`,
  };
}

/** OpenShift says 401 to whoever lacks the right, and for what is not there: its API tells more. */
async function refused(found: Case, user: string, ports: ImagePullPorts): Promise<Finding> {
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
async function refusedByQci({ host, words }: Case, user: string, ports: ImagePullPorts): Promise<Finding> {
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

async function absent(found: Case, ports: ImagePullPorts): Promise<Finding> {
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

function noStream({ host, image }: Case): Finding {
  const { namespace, name } = partsOf(image);
  const saw = `There is no image stream ${name} in the namespace ${namespace}`;
  return { status: 'problem', host, saw, mend: `oc get imagestreams -n ${shellQuoted(namespace)}` };
}

function withoutToken({ host, image, words, asAnybody, login }: Case, _ports: ImagePullPorts): Finding {
  switch (asAnybody.kind) {
    case 'there':
      return { status: 'ok', host, saw: `${words} can be pulled without a login` };
    case 'absent':
      return {
        status: 'problem',
        host,
        saw: `There is no ${words}`,
        mend: 'Compare the name, and the tag or digest.',
      };
    case 'unknown':
      return {
        status: 'skipped',
        host,
        saw: `Whether ${words} can be pulled is not known: ${asAnybody.detail}`,
      };
    case 'refused': {
      const isOurs = login.kind === 'none' && login.reason !== null;
      return {
        status: 'problem',
        host,
        saw: `${words} can't be pulled without a login, or is not there`,
        why: `The registry gives ${partsOf(image).namespace} to nobody in particular, and ${host} gets no token`,
        mend: isOurs
          ? 'Mend the login to its cluster, as told here.'
          : `docker-credential-openshift setup ${host}`,
      };
    }
  }
}

function ofAnybody({ host, words, asUser, asAnybody }: Case): Finding[] {
  if (asUser?.kind !== 'there') return [];
  if (asAnybody.kind === 'there') {
    const why = 'So it can be pulled after the login has ended, too';
    return [{ status: 'ok', host, saw: `${words} is open to everybody`, why }];
  }
  return asAnybody.kind === 'refused'
    ? [{ status: 'ok', host, saw: `${words} is not public: it takes a login` }]
    : [];
}

/** An OpenShift registry's images are `NAMESPACE/NAME`. */
function partsOf({ repository }: ImageReference): { readonly namespace: string; readonly name: string } {
  const slash = repository.indexOf('/');
  return {
    namespace: slash === -1 ? repository : repository.slice(0, slash),
    name: repository.slice(slash + 1),
  };
}
