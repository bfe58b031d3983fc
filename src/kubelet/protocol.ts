import { type Answer, type SaidAnswer, usableUntilMs } from '../hosts/answer.ts';
import { AppError, inOneLine, type Reason } from '../hosts/reason.ts';
import { parseImageReference, shortNameIn } from '../registry/image-reference.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';

/** The API group of a kubelet's requests (k8s.io/kubelet, pkg/apis/credentialprovider/register.go). */
const GROUP = 'credentialprovider.kubelet.k8s.io';
/** Its versions. A kubelet refuses an answer in another version than it asked in. */
const PROVIDER_VERSIONS = ['v1', 'v1beta1', 'v1alpha1'] as const;
type ProviderVersion = (typeof PROVIDER_VERSIONS)[number];

/** The most bytes of a request: all annotations of an account have 256 KiB at most, and a token some. */
export const LONGEST_PROVIDER_REQUEST = 1024 * 1024 + 4096;

/** The longest that a kubelet is to keep a credential, and how long it is to keep that there is none. */
const LONGEST_CACHED_MS = 5 * 60_000;
const NONE_CACHED_SECONDS = 30;

/** What a kubelet asks (k8s.io/kubelet, pkg/apis/credentialprovider/v1/types.go). */
export interface ProviderRequest {
  readonly version: ProviderVersion;
  /** The registry as the image names it: what the answer's key has to be for the kubelet to find it. */
  readonly registry: string;
  /** The same, normalised. */
  readonly host: string;
  /** The token of the pod's service account; undefined: a static pod, or the kubelet is told to send none. */
  readonly token: string | undefined;
  /** Of the pod's service account, those that the kubelet is told to send. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** @returns the version that a text asks in, whatever else is wrong with it; the current one if it asks in none */
export function versionAskedIn(text: string): ProviderVersion {
  const [, version] = /"apiVersion"\s*:\s*"credentialprovider\.kubelet\.k8s\.io\/(v1\w*)"/.exec(text) ?? [];
  return PROVIDER_VERSIONS.find((known) => known === version) ?? 'v1';
}

/**
 * Reads what a kubelet asks. Fields that are not known may be of a later version of it.
 * @throws AppError `bad-provider-request`, `image-without-host`: what is wrong with it, without a word of its token
 */
export function readProviderRequest(text: string): ProviderRequest {
  if (Buffer.byteLength(text) >= LONGEST_PROVIDER_REQUEST) throw refused('the request is larger than 1 MB');
  const { apiVersion, kind, image, serviceAccountToken: token, serviceAccountAnnotations } = fieldsOf(text);
  const version = PROVIDER_VERSIONS.find((known) => apiVersion === `${GROUP}/${known}`);
  if (version === undefined || kind !== 'CredentialProviderRequest') {
    throw refused(`stdin holds no CredentialProviderRequest of ${GROUP}/${PROVIDER_VERSIONS.join(', ')}`);
  }
  if (token !== undefined && typeof token !== 'string') throw refused('serviceAccountToken is not a text');
  return {
    version,
    ...registryOf(image),
    token: token === '' ? undefined : token,
    annotations: annotationsIn(serviceAccountAnnotations),
  };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // JSON.parse quotes its input, which may hold a token: its message is dropped.
    throw refused('stdin holds no JSON');
  }
  if (!isObject(value)) throw refused('stdin holds no JSON object');
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function annotationsIn(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  const isRight = isObject(value) && Object.values(value).every((text) => typeof text === 'string');
  if (!isRight) throw refused('serviceAccountAnnotations is not an object of texts');
  return value as Readonly<Record<string, string>>;
}

/**
 * The registry of an image. A kubelet compares the key of an answer with the image as it stands, letter by letter, and as
 * a pattern (k8s.io/kubernetes, pkg/credentialprovider/keyring.go, `URLsMatch`).
 */
function registryOf(image: unknown): { readonly registry: string; readonly host: string } {
  if (typeof image !== 'string') throw refused('it names no image');
  const reference = parseImageReference(image);
  if (reference === undefined || image.includes('://')) throw refused('what it names is no image');
  const { registry } = reference;
  if (shortNameIn(image) !== undefined) {
    const message = 'The image is named without a registry host: nobody can tell whose it is';
    const fix = { do: 'Name it in the pod by HOST/NAMESPACE/NAME.' };
    throw new AppError({ code: 'image-without-host', message, fix });
  }
  const host = normaliseRegistryHost(registry);
  // In a pattern brackets stand for one of the characters in them; only before a port they are taken off.
  if (host === null || /\]$/.test(registry)) throw refused('its image is of no registry host');
  return { registry, host };
}

/** Why nothing is answered to what came. */
export function refused(why: string): AppError {
  return new AppError({
    code: 'bad-provider-request',
    message: `The kubelet's request is not understood: ${why}`,
    fix: { run: 'docker-credential-openshift help kubelet' },
  });
}

/**
 * The answer to a request, as a kubelet decodes it: strictly (k8s.io/kubernetes, pkg/credentialprovider/plugin/plugin.go).
 * It is kept by the kubelet for at most half of what the credential has left, and 5 minutes; and asked for again after
 * 30 s where there is none. The key is the registry alone: never wider, and without a pattern.
 * @param nowMs when it is given, at the latest, in ms since the epoch
 */
export function providerResponse(
  { version, registry }: Pick<ProviderRequest, 'version' | 'registry'>,
  answer: Answer,
  nowMs: number,
): SaidAnswer {
  const isGood = answer.kind === 'credential';
  const seconds = isGood ? cachedSeconds(answer, nowMs) : NONE_CACHED_SECONDS;
  const out = JSON.stringify({
    apiVersion: `${GROUP}/${version}`,
    kind: 'CredentialProviderResponse',
    cacheKeyType: 'Registry',
    cacheDuration: `${seconds}s`,
    auth: isGood ? { [registry]: { username: answer.username, password: answer.secret } } : {},
  });
  const reasons = isGood ? [] : answer.reasons;
  return { kind: 'said', status: 0, out, err: reasons.length === 0 ? '' : remark(reasons) };
}

/** What is said on stderr, in one line; a kubelet logs it only where it got no response. */
export function remark(reasons: readonly Reason[], word = ''): string {
  return `docker-credential-openshift: ${word}${inOneLine(reasons)}`;
}

function cachedSeconds(answer: Extract<Answer, { kind: 'credential' }>, nowMs: number): number {
  const halfMs = answer.expiresAtMs === null ? Number.POSITIVE_INFINITY : (answer.expiresAtMs - nowMs) / 2;
  const checkedMs = usableUntilMs(answer, nowMs) - nowMs;
  return Math.max(0, Math.floor(Math.min(halfMs, checkedMs, LONGEST_CACHED_MS) / 1000));
}
