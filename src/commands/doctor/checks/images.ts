import type { ManifestReply } from '../../../cluster/ask-registry.ts';
import { shellQuoted } from '../../../hosts/quoting.ts';
import type { Fix } from '../../../hosts/reason.ts';
import { imageInWords } from '../../../registry/image-reference.ts';
import { QCI_HOST } from '../../../registry/qci.ts';
import type { Check, Finding } from '../check.ts';
import type { Facts } from '../facts.ts';
import type { Login } from '../network-state.ts';
import { unaskable } from './clusters.ts';
import { enginePull, isPulledByLogins } from './engine-pull.ts';
import { reasonsWithout } from './logins.ts';
import { type AskedImage, absentImage, namespaceOf, refusedImage, unknownImage } from './missing-image.ts';
import { isOpenShiftRegistry, refusedByRegistry } from './registries.ts';

/** Of an image: whether it can be pulled, by whom, and pushed. */
export const IMAGE_CHECKS: readonly Check[] = [
  {
    id: 'image-pull',
    title:
      "whether the image can be pulled with the token, and without a login; what is missing where it can't, and what keeps the registry from getting it from another",
    needs: 'network',
    per: 'any target',
    // What the helper has, and anybody may, tells nothing of a pull with another login.
    run: async (facts) => ((await isPulledByLogins(facts)) ? [] : imagePull(facts)),
  },
  {
    id: 'engine-pull',
    title:
      "of a registry that is not the helper's: whether the image can be pulled with the stored login that the engine sends",
    needs: 'network',
    per: 'any target',
    run: enginePull,
  },
  {
    id: 'image-push',
    title: 'whether the user may push it',
    needs: 'network',
    per: 'target',
    run: imagePush,
  },
];

/** What is being asked about, and what the registry says of it. */
interface Case extends AskedImage {
  readonly login: Login;
  readonly asUser: ManifestReply | undefined;
  readonly asAnybody: ManifestReply;
}

/** Whether the image can be pulled: with the token that its host gets, and by anybody. */
async function imagePull(facts: Facts): Promise<readonly Finding[]> {
  const { subject } = facts;
  if (subject.kind !== 'image') return [];
  const { host, image } = subject;
  if (!image.repository.includes('/') && isOpenShiftRegistry(await facts.registryContact(host))) {
    return [noName(host, image.repository)];
  }
  const asking = facts.manifest(host, image, 'anonymous');
  const login = await facts.loginOf(host);
  const asUser = login.kind === 'token' ? await facts.manifest(host, image, 'user') : undefined;
  const asked: Case = { host, image, words: imageInWords(image), login, asUser, asAnybody: await asking };
  const user = login.kind === 'token' ? login.username : undefined;
  return [{ ...(await ofUser(asked, facts)), user }, ...ofAnybody(asked)];
}

/** An OpenShift registry has no other images, and says 401 to whatever is asked. */
function noName(host: string, repository: string): Finding {
  return {
    status: 'problem',
    code: 'image-without-namespace',
    host,
    why: `${host}/${repository} names no image: those of an OpenShift registry are called ${host}/NAMESPACE/NAME`,
    effect: `One of the two is missing; if ${repository} is the namespace, this lists its images`,
    fix: { run: `oc get imagestreams -n ${shellQuoted(repository)}` },
  };
}

async function ofUser(asked: Case, facts: Facts): Promise<Finding> {
  const { host, words, login, asUser, asAnybody } = asked;
  if (login.kind === 'none' || asUser === undefined) return withoutToken(asked, facts);
  const { username, isStored } = login;
  switch (asUser.kind) {
    case 'there':
      return { status: 'ok', code: 'image-pull', host, why: `${words} can be pulled as ${username}` };
    case 'absent':
    case 'not-pulled-through':
      return absentImage(asked, asUser, facts);
    case 'unknown':
      return unknownImage(asked, asUser.detail);
    case 'refused': {
      // Whom the registry does not even know, it refuses everything.
      if ((await facts.registryAccepts(host))?.kind !== 'refused')
        return asAnybody.kind === 'there'
          ? closedByLogin(asked, username)
          : refusedImage(asked, username, facts);
      const what = isStored ? `the stored login of ${username}` : `the token of ${username}`;
      const why = `${words} can't be pulled: ${host} refuses ${what}`;
      return { status: 'problem', host, why, ...refusedByRegistry(host, login) };
    }
  }
}

/** OpenShift judges a valid token as its user, with no fallback to anonymous. */
function closedByLogin({ host, image, words }: Case, user: string): Finding {
  const namespace = namespaceOf(image);
  return {
    status: 'problem',
    code: 'closed-by-login',
    host,
    why: `${words} can be pulled without a login, and not as ${user}`,
    effect: `The namespace ${namespace} is opened to system:unauthenticated only: a valid login closes it. Instead of the grant, anonymous: true for ${host} in the config lets everything there be pulled without a login`,
    fix: {
      run: `oc policy add-role-to-group system:image-puller system:authenticated -n ${shellQuoted(namespace)}`,
    },
  };
}

async function withoutToken(asked: Case, facts: Facts): Promise<Finding> {
  const { host, image, words, asAnybody } = asked;
  switch (asAnybody.kind) {
    case 'there':
      return { status: 'ok', code: 'image-pull', host, why: `${words} can be pulled without a login` };
    case 'absent':
    case 'not-pulled-through':
      return absentImage(asked, asAnybody, undefined);
    case 'unknown':
      return unknownImage(asked, asAnybody.detail);
    case 'refused':
      return {
        status: 'problem',
        code: 'image-needs-login',
        host,
        why: `${words} can't be pulled without a login, or is not there`,
        effect: `Without a login the registry gives nothing of ${namespaceOf(image)}, and ${host} gets no token`,
        fix: await fixOf(asked, facts),
      };
  }
}

/** The same that is told of the login, or of the cluster that keeps it from being had. */
async function fixOf({ host, login }: Case, facts: Facts): Promise<Fix | undefined> {
  const [first] = login.kind === 'none' ? await reasonsWithout(login, facts) : [];
  if (first === undefined) {
    if (facts.ours.includes(host)) return { run: `docker-credential-openshift setup ${host}` };
    return facts.unclaimed.includes(host)
      ? { run: 'docker-credential-openshift setup' }
      : { do: `Log in to it: podman login ${host}, or docker login ${host}.` };
  }
  if (first.fix !== undefined) return first.fix;
  const isAway = unaskable(await facts.clusterContacts()).includes(login.server ?? '');
  return isAway ? { do: 'Correct what keeps its cluster from being asked, as told here.' } : undefined;
}

function ofAnybody({ host, words, asUser, asAnybody }: Case): Finding[] {
  if (asUser?.kind !== 'there') return [];
  if (asAnybody.kind === 'there') {
    const effect = 'So it can be pulled after the login has expired, too';
    return [{ status: 'ok', code: 'image-public', host, why: `${words} is open to everybody`, effect }];
  }
  if (asAnybody.kind !== 'refused') return [];
  return [{ status: 'ok', code: 'image-private', host, why: `${words} is not public: it takes a login` }];
}

/** Whether the image may be pushed. Most people only pull: that they may not push is no fault. */
async function imagePush({ subject, loginOf, right }: Facts): Promise<readonly Finding[]> {
  if (subject.kind !== 'image' || subject.host === QCI_HOST) return [];
  const { host, image } = subject;
  const [namespace = '', name, more] = image.repository.split('/');
  const login = await loginOf(host);
  if (login.kind === 'none' || name === undefined || more !== undefined) return [];
  const answer = await right(host, 'update', namespace, name);
  const user = login.username;
  const what = `${image.registry}/${namespace}/${name}`;
  if (answer === 'yes') {
    return [{ status: 'ok', code: 'image-push', host, user, why: `${user} may push ${what}` }];
  }
  if (answer !== 'no') {
    const why = `Whether ${user} may push ${what} is not known: ${answer.unknown}`;
    return [{ status: 'skipped', code: 'image-push-unknown', host, user, why }];
  }
  return [
    {
      status: 'note',
      code: 'image-push-not-allowed',
      host,
      user,
      why: `${user} may not push ${what}`,
      effect:
        'The right to update imagestreams/layers is missing; whoever administers the namespace can grant it',
      fix: {
        run: `oc policy add-role-to-user system:image-builder ${shellQuoted(user)} -n ${shellQuoted(namespace)}`,
      },
    },
  ];
}
