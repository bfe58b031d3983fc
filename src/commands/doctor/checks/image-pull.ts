import { shellQuoted } from '../../../hosts/quoting.ts';
import { type ImageReference, imageInWords } from '../../../registry/image-reference.ts';
import { unaskable } from '../api-state.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';
import { refusedByRegistry, withoutTokenBecause } from '../login-remedy.ts';
import {
  type AskedImage,
  absentImage,
  type MissingImagePorts,
  namespaceOf,
  refusedImage,
} from '../missing-image.ts';
import type { ClusterContact, Contact, Login, LoginAnswer, ManifestAnswer } from '../network-state.ts';
import { isOpenShiftRegistry } from './registry.ts';

export interface ImagePullPorts extends MissingImagePorts {
  loginOf(host: string): Promise<Login>;
  clusterContacts(): Promise<readonly ClusterContact[]>;
  registryContact(host: string): Promise<Contact>;
  /** What the registry says of the token that the host gets; undefined: it gets none. */
  registryAccepts(host: string): Promise<LoginAnswer | undefined>;
  /** Asks the registry for the image's manifest, as the user or as nobody. */
  manifest(host: string, image: ImageReference, as: 'user' | 'anonymous'): Promise<ManifestAnswer>;
}

/** What is being asked about, and what was found. */
interface Case extends AskedImage {
  readonly login: Login;
  /** `unclaimed`: it may be a cluster's; `foreign`: a public registry. */
  readonly whose: 'ours' | 'unclaimed' | 'foreign';
  readonly asUser: ManifestAnswer | undefined;
  readonly asAnybody: ManifestAnswer;
}

/** Whether the image can be pulled: with the token that its host gets, and by anybody. */
export async function imagePull(
  ports: ImagePullPorts,
  { subject, ours, unclaimed }: Pick<CheckContext, 'subject' | 'ours' | 'unclaimed'>,
): Promise<readonly Finding[]> {
  if (subject.kind !== 'image') return [];
  const { host, image } = subject;
  if (!image.repository.includes('/') && isOpenShiftRegistry(await ports.registryContact(host))) {
    return [noName(host, image)];
  }
  const words = imageInWords(image);
  const asking = ports.manifest(host, image, 'anonymous');
  const login = await ports.loginOf(host);
  const asUser = login.kind === 'token' ? await ports.manifest(host, image, 'user') : undefined;
  const whose = ours.includes(host) ? 'ours' : unclaimed.includes(host) ? 'unclaimed' : 'foreign';
  const found: Case = { host, image, words, login, whose, asUser, asAnybody: await asking };
  const user = login.kind === 'token' ? login.username : undefined;
  return [{ ...(await ofUser(found, ports)), user }, ...ofAnybody(found)];
}

/** An OpenShift registry has no other images, and says 401 to whatever is asked. */
function noName(host: string, { repository }: ImageReference): Finding {
  const name = shellQuoted(repository);
  return {
    status: 'problem',
    host,
    saw: `${host}/${repository} names no image: those of an OpenShift registry are called ${host}/NAMESPACE/NAME`,
    why: `One of the two is missing; if ${repository} is the namespace, this lists its images`,
    mend: `oc get imagestreams -n ${name}`,
  };
}

async function ofUser(found: Case, ports: ImagePullPorts): Promise<Finding> {
  const { host, words, login, asUser, asAnybody } = found;
  if (login.kind === 'none' || asUser === undefined) return withoutToken(found, ports);
  const user = login.username;
  switch (asUser.kind) {
    case 'there':
      return { status: 'ok', host, saw: `${words} can be pulled as ${user}` };
    case 'absent':
      return absentImage(found, ports);
    case 'unknown':
      return {
        status: 'skipped',
        host,
        saw: `Whether ${words} can be pulled is not known: ${asUser.detail}`,
      };
    case 'refused':
      // Whom the registry does not even know, it refuses everything.
      if ((await ports.registryAccepts(host))?.kind === 'refused') return refusedLogin(found, login);
      return asAnybody.kind === 'there' ? closedByLogin(found, user) : refusedImage(found, user, ports);
  }
}

function refusedLogin({ host, words }: Case, login: Extract<Login, { kind: 'token' }>): Finding {
  const { username, isStored } = login;
  const what = isStored ? `the stored login of ${username}` : `the token of ${username}`;
  const saw = `${words} can't be pulled: ${host} refuses ${what}`;
  return { status: 'problem', host, saw, ...refusedByRegistry(host, login) };
}

/** OpenShift judges a valid token as its user, with no fallback to anonymous. */
function closedByLogin({ host, image, words }: Case, user: string): Finding {
  const namespace = namespaceOf(image);
  return {
    status: 'problem',
    host,
    saw: `${words} can be pulled without a login, and not as ${user}`,
    why: `The namespace ${namespace} is opened to system:unauthenticated only: a valid login closes it. Instead of the grant, anonymous: true for ${host} in the config lets everything there be pulled without a login`,
    mend: `oc policy add-role-to-group system:image-puller system:authenticated -n ${shellQuoted(namespace)}`,
  };
}

async function withoutToken(found: Case, ports: ImagePullPorts): Promise<Finding> {
  const { host, image, words, asAnybody } = found;
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
    case 'refused':
      return {
        status: 'problem',
        host,
        saw: `${words} can't be pulled without a login, or is not there`,
        why: `The registry gives ${namespaceOf(image)} to nobody in particular, and ${host} gets no token`,
        mend: await mendOf(found, ports),
      };
  }
}

/** The same that is told of the login, or of the cluster that keeps it from being had. */
async function mendOf(
  { host, login, whose }: Case,
  { clusterContacts }: ImagePullPorts,
): Promise<string | undefined> {
  const because = login.kind === 'none' ? withoutTokenBecause(login) : undefined;
  if (because === undefined) {
    if (whose === 'foreign') return `Log in to it: podman login ${host}, or docker login ${host}.`;
    return `docker-credential-openshift setup${whose === 'ours' ? ` ${host}` : ''}`;
  }
  if (because.mend !== undefined) return because.mend;
  const { server } = login;
  const isAway = server !== undefined && unaskable(await clusterContacts()).includes(server);
  return isAway ? 'Mend what keeps its cluster from being asked, as told here.' : undefined;
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
