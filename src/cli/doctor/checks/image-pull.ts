import { shellQuoted } from '../../../credential/quoting.ts';
import { type ImageReference, imageInWords } from '../../../registry/image-reference.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';
import {
  type AskedImage,
  absentImage,
  type MissingImagePorts,
  namespaceOf,
  refusedImage,
} from '../missing-image.ts';
import type { Login, ManifestAnswer } from '../network-state.ts';

export interface ImagePullPorts extends MissingImagePorts {
  loginOf(host: string): Promise<Login>;
  /** Asks the registry for the image's manifest, as the user or as nobody. */
  manifest(host: string, image: ImageReference, as: 'user' | 'anonymous'): Promise<ManifestAnswer>;
}

/** What is being asked about, and what was found. */
interface Case extends AskedImage {
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
  const user = login.kind === 'token' ? login.username : undefined;
  return [{ ...(await ofUser(found, ports)), user }, ...ofAnybody(found)];
}

async function ofUser(found: Case, ports: ImagePullPorts): Promise<Finding> {
  const { host, words, login, asUser, asAnybody } = found;
  if (login.kind === 'none' || asUser === undefined) return withoutToken(found);
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
      return asAnybody.kind === 'there' ? closedByLogin(found, user) : refusedImage(found, user, ports);
  }
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

function withoutToken({ host, image, words, asAnybody, login }: Case): Finding {
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
        why: `The registry gives ${namespaceOf(image)} to nobody in particular, and ${host} gets no token`,
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
