import type { Reason } from '../hosts/reason.ts';
import { type CredentialProvider, type Report, validateProvider } from './credential-provider.ts';
import { parseGoDuration } from './go-duration.ts';
import { type KubeValue, readKubeText } from './kube-yaml.ts';

/** A file of kubelet's config directory, or the one that it is given. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/** Something in a config. Where it is fatal, kubelet ends at its next start; else it takes it, to no effect. */
export interface ConfigFinding extends Reason {
  readonly isFatal: boolean;
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** A provider, and where it stands. */
export interface PlacedProvider {
  readonly provider: CredentialProvider;
  readonly path: string;
  readonly line: number;
}

export interface CheckedConfig {
  readonly providers: readonly PlacedProvider[];
  readonly findings: readonly ConfigFinding[];
}

type Shape = 'text' | 'boolean' | 'duration' | readonly [Shape] | { readonly [field: string]: Shape };

const KIND = 'CredentialProviderConfig';
const GROUP = 'kubelet.config.k8s.io';
/** staging/src/k8s.io/kubelet/config/v1beta1/types.go */
const PROVIDER_FIELDS = {
  name: 'text',
  matchImages: ['text'],
  defaultCacheDuration: 'duration',
  apiVersion: 'text',
  args: ['text'],
  env: [{ name: 'text', value: 'text' }],
} as const satisfies Shape;
/** staging/src/k8s.io/kubelet/config/v1/types.go, as of 1.34 */
const TOKEN_ATTRIBUTES = {
  serviceAccountTokenAudience: 'text',
  cacheType: 'text',
  requireServiceAccount: 'boolean',
  requiredServiceAccountAnnotationKeys: ['text'],
  optionalServiceAccountAnnotationKeys: ['text'],
} as const satisfies Shape;
const FIELDS_OF: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  [`${GROUP}/v1`, { ...PROVIDER_FIELDS, tokenAttributes: TOKEN_ATTRIBUTES }],
  [`${GROUP}/v1beta1`, PROVIDER_FIELDS],
  [`${GROUP}/v1alpha1`, PROVIDER_FIELDS],
]);

/** @returns whether kubelet reads a file of this name in its config directory; others it passes over */
export function isConfigName(name: string): boolean {
  return /\.(?:json|yaml|yml)$/.test(name);
}

/**
 * What kubelet 1.34 and later make of these files: strict decoding of each, then the rules for all of their providers
 * together (readCredentialProviderConfig and validateCredentialProviderConfig of pkg/credentialprovider/plugin/config.go).
 * @param files in the order in which kubelet reads them: by name
 */
export function checkProviderConfig(files: readonly ConfigFile[]): CheckedConfig {
  const findings: ConfigFinding[] = [];
  const providers: PlacedProvider[] = [];
  for (const file of files) {
    const report = reporter(file.path, findings);
    for (const placed of decodeFile(file, report)) {
      const { provider, line, place } = placed;
      validateProvider(provider, place, line, report);
      const twin = providers.find(
        (each) => provider.name !== undefined && each.provider.name === provider.name,
      );
      if (twin !== undefined) {
        const why = `the provider ${provider.name} stands there a second time, after ${twin.path} line ${twin.line}`;
        report(
          'provider-twice',
          `${place}.name`,
          line,
          why,
          'Give it another name, and its program too, or remove one of them.',
        );
      }
      providers.push({ provider, path: file.path, line });
    }
  }
  const [first] = files;
  if (first !== undefined && providers.length === 0 && findings.length === 0) {
    const why = 'there is no provider, and kubelet needs at least one';
    reporter(first.path, findings)(
      'provider-config-value',
      'providers',
      1,
      why,
      'Add a provider, or take the option --image-credential-provider-config off the kubelet.',
    );
  }
  return { providers, findings };
}

function reporter(path: string, findings: ConfigFinding[]): Report {
  const places = new Set<string>();
  return (code, place, line, why, what, isFatal = true) => {
    if (place !== '' && places.has(place)) return;
    places.add(place);
    const at = place === '' ? '' : `${place}: `;
    findings.push({ code, why: `${path} line ${line}: ${at}${why}`, fix: { do: what }, isFatal, path, line });
  };
}

function decodeFile(
  { text }: ConfigFile,
  report: Report,
): readonly { provider: CredentialProvider; line: number; place: string }[] {
  const { value, faults } = readKubeText(text);
  for (const { line, why } of faults) report('provider-config-broken', '', line, why, 'Correct that line.');
  if (faults.length > 0 && value.kind !== 'mapping') return [];
  const root = value.kind === 'mapping' ? value.entries : new Map<string, KubeValue>();
  const apiVersion = readText(root.get('apiVersion'));
  const fields = FIELDS_OF.get(apiVersion);
  if (readText(root.get('kind')) !== KIND || fields === undefined) {
    const why = `it is no ${KIND} of ${[...FIELDS_OF.keys()].join(', ')}`;
    const what = `Begin it with "apiVersion: ${GROUP}/v1" and "kind: ${KIND}", or move it out of the directory.`;
    report('provider-config-broken', 'kind', value.line, why, what);
    return [];
  }
  const shape: Shape = { apiVersion: 'text', kind: 'text', providers: [fields] };
  const decoded = decode(value, shape, '', report) as { providers?: readonly CredentialProvider[] };
  const list = root.get('providers');
  const items = list?.kind === 'list' ? list.items : [];
  return (decoded.providers ?? []).map((provider, index) => ({
    provider,
    line: items[index]?.line ?? 1,
    place: `providers[${index}]`,
  }));
}

function readText(value: KubeValue | undefined): string {
  return value?.kind === 'text' ? value.text : '';
}

const KIND_NAMES: Readonly<Record<KubeValue['kind'], string>> = {
  text: 'a text',
  number: 'a number',
  boolean: 'a boolean',
  null: 'nothing',
  list: 'a list',
  mapping: 'a mapping',
};

/** The value by its shape; undefined where there is nothing, or what is there is reported. */
function decode(value: KubeValue, shape: Shape, place: string, report: Report): unknown {
  const wrong = (wanted: string): undefined => {
    const quotes =
      wanted === 'a text' && 'text' in value ? `Write it in quotes: "${value.text}".` : `Write ${wanted}.`;
    const why = `${KIND_NAMES[value.kind]} stands where ${wanted} belongs`;
    report('provider-config-field', place, value.line, why, quotes);
  };
  if (value.kind === 'null') return undefined;
  if (shape === 'text') return value.kind === 'text' ? value.text : wrong('a text');
  if (shape === 'boolean') return value.kind === 'boolean' ? value.text === 'true' : wrong('true or false');
  if (shape === 'duration') {
    const duration = value.kind === 'text' ? parseGoDuration(value.text) : undefined;
    return duration ?? wrong('a duration such as 5m or 1h30m');
  }
  if (isListShape(shape)) {
    if (value.kind !== 'list') return wrong('a list');
    const [each] = shape;
    return value.items.map((item, index) => {
      const decoded = decode(item, each, `${place}[${index}]`, report);
      return decoded ?? (each === 'text' ? '' : {});
    });
  }
  if (value.kind !== 'mapping') return wrong('a mapping');
  const fields: Record<string, unknown> = {};
  for (const [name, entry] of value.entries) {
    const at = place === '' ? name : `${place}.${name}`;
    if (!Object.hasOwn(shape, name)) {
      const known = `The fields here are ${Object.keys(shape).join(', ')}.`;
      report('provider-config-field', at, entry.line, 'there is no such field', known);
      continue;
    }
    const decoded = decode(entry, shape[name] as Shape, at, report);
    if (decoded !== undefined) fields[name] = decoded;
  }
  return fields;
}

function isListShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
