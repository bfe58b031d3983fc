import { parsePattern, whyMatchesNothing } from './match-images.ts';

/** One entry of `providers`, as far as it could be read. */
export interface CredentialProvider {
  readonly name?: string;
  readonly matchImages?: readonly string[];
  /** In nanoseconds. */
  readonly defaultCacheDuration?: number;
  readonly apiVersion?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name?: string; readonly value?: string }[];
  readonly tokenAttributes?: TokenAttributes;
}

interface TokenAttributes {
  readonly serviceAccountTokenAudience?: string;
  readonly cacheType?: string;
  readonly requireServiceAccount?: boolean;
  readonly requiredServiceAccountAnnotationKeys?: readonly string[];
  readonly optionalServiceAccountAnnotationKeys?: readonly string[];
}

/**
 * Tells something of a place such as `providers[0].name`, once: what could not be read is not missed a second time.
 * @param isFatal whether kubelet ends of it; it does if nothing is said
 */
export type Report = (
  code: string,
  place: string,
  line: number,
  why: string,
  what: string,
  isFatal?: boolean,
) => void;

/** Of requests, in the order in which kubelet names them. */
const REQUEST_VERSIONS = ['v1', 'v1alpha1', 'v1beta1'].map(
  (each) => `credentialprovider.kubelet.k8s.io/${each}`,
);
const CACHE_TYPES: readonly string[] = ['ServiceAccount', 'Token'];

/**
 * The rules for one provider, once it is decoded (validateCredentialProviderConfig of
 * pkg/credentialprovider/plugin/config.go), and what kubelet takes though it can't be meant.
 */
export function validateProvider(
  provider: CredentialProvider,
  place: string,
  line: number,
  report: Report,
): void {
  const { name = '', apiVersion = '', matchImages = [], defaultCacheDuration, tokenAttributes } = provider;
  const wrong = (field: string, why: string, what: string): void =>
    report('provider-config-value', `${place}.${field}`, line, why, what);
  if (name === '' || name === '.' || name === '..' || /[/ ]/.test(name))
    wrong(
      'name',
      `${JSON.stringify(name)} is no name of a program`,
      'Write the file name of the program in the directory of providers.',
    );
  if (!REQUEST_VERSIONS.includes(apiVersion))
    wrong(
      'apiVersion',
      apiVersion === '' ? 'it is missing' : `${apiVersion} is not one of ${REQUEST_VERSIONS.join(', ')}`,
      `Write ${REQUEST_VERSIONS[0]}.`,
    );
  if (matchImages.length === 0)
    wrong('matchImages', 'it is missing', 'List the registries that the provider is asked for.');
  if (defaultCacheDuration === undefined)
    wrong('defaultCacheDuration', 'it is missing', 'Write a duration such as 5m.');
  else if (defaultCacheDuration < 0)
    wrong('defaultCacheDuration', 'it is below 0', 'Write a duration such as 5m.');
  for (const [index, pattern] of matchImages.entries()) {
    const at = `matchImages[${index}]`;
    const parsed = parsePattern(pattern);
    if (typeof parsed === 'string')
      wrong(at, `${JSON.stringify(pattern)}: ${parsed}`, 'Write a host, with its port if it has one.');
    const void_ = whyMatchesNothing(pattern);
    if (void_ !== undefined)
      report(
        'match-image-void',
        `${place}.${at}`,
        line,
        `${JSON.stringify(pattern)} matches no image: ${void_}`,
        'Write the host as it stands in image references, with its port.',
        false,
      );
  }
  if (tokenAttributes !== undefined) validateTokenAttributes(tokenAttributes, apiVersion, wrong);
}

function validateTokenAttributes(
  attributes: TokenAttributes,
  apiVersion: string,
  wrong: (field: string, why: string, what: string) => void,
): void {
  const { serviceAccountTokenAudience = '', cacheType = '', requireServiceAccount } = attributes;
  const {
    requiredServiceAccountAnnotationKeys: required = [],
    optionalServiceAccountAnnotationKeys: optional = [],
  } = attributes;
  const at = (field: string): string => `tokenAttributes.${field}`;
  if (serviceAccountTokenAudience === '')
    wrong(at('serviceAccountTokenAudience'), 'it is missing', 'Write the audience of the tokens.');
  if (requireServiceAccount === undefined)
    wrong(
      at('requireServiceAccount'),
      'it is missing',
      'Write true, or false if pods without an account ask, too.',
    );
  if (!CACHE_TYPES.includes(cacheType))
    wrong(
      at('cacheType'),
      cacheType === '' ? 'it is missing' : `${cacheType} is not one of ${CACHE_TYPES.join(', ')}`,
      'Write Token, or ServiceAccount.',
    );
  if (REQUEST_VERSIONS.includes(apiVersion) && apiVersion !== REQUEST_VERSIONS[0])
    wrong('tokenAttributes', `the provider's apiVersion is ${apiVersion}`, `Write ${REQUEST_VERSIONS[0]}.`);
  if (requireServiceAccount === false && required.length > 0)
    wrong(
      at('requiredServiceAccountAnnotationKeys'),
      'requireServiceAccount is false',
      'Set requireServiceAccount to true.',
    );
  for (const [field, keys] of [
    ['required', required],
    ['optional', optional],
  ] as const)
    for (const [index, key] of keys.entries()) {
      const place = `${at(field)}ServiceAccountAnnotationKeys[${index}]`;
      if (!isAnnotationKey(key))
        wrong(place, `${JSON.stringify(key)} is no key of an annotation`, 'Write PREFIX/NAME.');
      if (keys.indexOf(key) !== index) wrong(place, `${key} stands there twice`, 'Remove one of them.');
      if (field === 'optional' && required.includes(key))
        wrong(place, `${key} is required as well`, 'Remove one of them.');
    }
}

/** IsQualifiedName of apimachinery, in small letters. */
function isAnnotationKey(key: string): boolean {
  const parts = key.toLowerCase().split('/');
  const name = parts.at(-1) ?? '';
  const [prefix] = parts.length === 1 ? [undefined] : parts;
  if (parts.length > 2 || name.length > 63 || !/^[a-z\d](?:[-\w.]*[a-z\d])?$/.test(name)) return false;
  if (prefix === undefined) return true;
  return (
    prefix.length <= 253 && prefix.split('.').every((label) => /^[a-z\d](?:[-a-z\d]*[a-z\d])?$/.test(label))
  );
}
