import { type ApiReply, apiFault } from '../../cluster/api-fault.ts';
import { objectIn, parseObject, textIn } from '../../cluster/reply-fields.ts';
import { type HostLogins, type LoginsText, loginsFor } from '../../engines/edits/plan-secret-login.ts';
import { shownName } from '../../hosts/quoting.ts';
import { AppError, type Fix } from '../../hosts/reason.ts';
import type { ApiRequest } from '../service-account/ensure-object.ts';

/** Which Secret is kept fresh, where, and what fixes it. */
export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
  /** URL of the API server. */
  readonly server: string;
  readonly request: ApiRequest;
  /** The login is the pod's own. */
  readonly inCluster: boolean;
  /** The command line that prints the refresher's objects and the Secret … */
  readonly manifest: string;
  /** … and the one without the Secret, which is there. */
  readonly existing: string;
  /** The command line of this very refresh. */
  readonly refresh: string;
}

/** A pull secret as it was read. */
export interface PullSecret extends LoginsText {
  readonly resourceVersion: string;
  readonly key: string;
  readonly logins: HostLogins;
}

/** The types whose logins the kubelet sends, and where they hold them (kubernetes 1.34, pkg/credentialprovider/secrets). */
const KEYS: Readonly<Record<string, string>> = {
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
  'kubernetes.io/dockercfg': '.dockercfg',
};

/**
 * By which OpenShift knows the Secrets that it made itself for its registry, from 4.16 on and before
 * (openshift-controller-manager, pkg/internalregistry/controllers). It mints their tokens, and writes a Secret of these anew
 * that holds a login more or less than its own.
 */
const MANAGED: readonly string[] = [
  'openshift.io/internal-registry-auth-token.service-account',
  'openshift.io/token-secret.name',
];

/**
 * Reads the Secret, and looks whether it is one that may be changed: what keeps it from that is said before a token is
 * minted.
 * @throws AppError: then nothing can be written
 */
export async function readPullSecret(place: SecretPlace): Promise<PullSecret> {
  const reply = await place.request('GET', pathOf(place));
  const secret = parseObject(reply.body);
  if (reply.status !== 200) throw refusal('read', reply, place);
  const resourceVersion = textIn(objectIn(secret, 'metadata'), 'resourceVersion');
  if (textIn(secret, 'kind') !== 'Secret' || resourceVersion === undefined) {
    throw refusal(
      'read',
      { status: reply.status, body: '', detail: 'with something else than a Secret' },
      place,
    );
  }
  const { namespace, name, host } = place;
  const type = textIn(secret, 'type') ?? 'Opaque';
  const key = KEYS[type];
  if (key === undefined) {
    throw new AppError({
      code: 'pull-secret-type',
      message: `${nameOf(place)} is of the type ${shownName(type)}, whose logins no kubelet reads, and a type can't be changed`,
      fix: { run: `oc get secrets -n ${namespace} --field-selector type=kubernetes.io/dockerconfigjson` },
    });
  }
  const annotations = objectIn(objectIn(secret, 'metadata'), 'annotations') ?? {};
  if (MANAGED.some((name) => Object.hasOwn(annotations, name))) {
    throw new AppError({
      code: 'pull-secret-managed',
      message: `${nameOf(place)} is OpenShift's own: it keeps the tokens in it fresh by itself, and takes out what others write there`,
      fix: { run: `oc get secrets -n ${namespace} --field-selector type=kubernetes.io/dockerconfigjson` },
    });
  }
  if ((secret as { immutable?: unknown }).immutable === true) {
    throw new AppError({
      code: 'pull-secret-immutable',
      message: `${nameOf(place)} is immutable: nobody can write a new token into it, nor make it mutable`,
      fix: { run: `oc delete secret ${name} -n ${namespace}; ${place.manifest} | oc apply -f -` },
    });
  }
  const text = Buffer.from(textIn(objectIn(secret, 'data'), key) ?? '', 'base64').toString();
  const path = `${nameOf(place)}, ${key}`;
  const logins = { text, path, legacy: key === '.dockercfg' };
  try {
    return { ...logins, resourceVersion, key, logins: loginsFor(host, logins) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fix = { run: editCommand(place, key) };
    throw new AppError({ code: 'pull-secret-broken', message: error.message, fix, cause: error });
  }
}

/**
 * Writes the logins in place, if the Secret is still as it was read: it stays the same object, so that the kubelet need not
 * verify every image anew that was pulled with it (KEP-2535). Either all of it is written or nothing.
 * @returns whether it was; false: somebody else changed it meanwhile
 * @throws AppError for anything else
 */
export async function patchPullSecret(
  place: SecretPlace,
  { resourceVersion, key }: PullSecret,
  text: string,
): Promise<boolean> {
  const reply = await place.request('PATCH', pathOf(place), {
    // The version makes a conflict of what would be a race (kubernetes, API concepts: "Resource versions").
    metadata: { resourceVersion },
    data: { [key]: Buffer.from(text).toString('base64') },
  });
  if (reply.status === 409) return false;
  if (reply.status === 200) return true;
  throw refusal('changed', reply, place);
}

/** @returns the command by which a person edits the logins: in a directory that is theirs alone, from which they go at once */
export function editCommand(
  { namespace, name }: Pick<SecretPlace, 'namespace' | 'name'>,
  key: string,
): string {
  return `(cd "$(mktemp -d)" && oc extract secret/${name} -n ${namespace} --keys=${key} --to=. && "\${EDITOR:-vi}" ${key} && oc set data secret/${name} -n ${namespace} --from-file=${key} && rm ${key})`;
}

function pathOf({ namespace, name }: SecretPlace): string {
  return `/api/v1/namespaces/${namespace}/secrets/${name}`;
}

/** @returns the Secret in words */
export function nameOf({ namespace, name }: Pick<SecretPlace, 'namespace' | 'name'>): string {
  return `Secret ${namespace}/${name}`;
}

function refusal(done: 'read' | 'changed', reply: ApiReply, place: SecretPlace): AppError {
  const { server, inCluster, manifest, existing } = place;
  const apply: Fix = { run: `${existing} | oc apply -f -` };
  switch (reply.status) {
    case 403: {
      const who = /User "([^"]+)"/.exec(textIn(parseObject(reply.body), 'message') ?? '')?.[1];
      return new AppError({
        code: 'pull-secret-forbidden',
        message: `${nameOf(place)} can't be ${done}: ${who ?? 'this login'} lacks the right to ${done === 'read' ? 'get' : 'patch'} it`,
        fix: apply,
      });
    }
    case 404:
      return new AppError({
        code: 'pull-secret-gone',
        message: `There is no ${nameOf(place)}, and it is not made anew here: the refresher may only change it`,
        fix: { run: `${manifest} | oc apply -f -` },
      });
    case 401:
      if (!inCluster) return apiFault(nameOf(place), reply, server);
      return new AppError({
        code: 'token-refused',
        message: `${nameOf(place)} can't be ${done}: ${server} refuses the token of the pod's service account`,
        fix: apply,
      });
    default: {
      const { code, message } = apiFault(`${nameOf(place)} can't be ${done}`, reply, server);
      return new AppError({ code, message, fix: { run: place.refresh } });
    }
  }
}
