import { Document, isMap, visit } from 'yaml';
import { PULL_AS } from '../hosts/decide-for-pod.ts';
import { shellQuoted } from '../hosts/quoting.ts';
import type { PodsSetting } from '../registry/bind-host.ts';
import { matchesRegistry } from './match-images.ts';
import type { ConfigFinding, PlacedProvider } from './provider-config.ts';

/** The provider's name, which is that of its program. */
export const PROVIDER_NAME = 'docker-credential-openshift';
/** Our own file in a directory of configs. */
export const OUR_FILE = `${PROVIDER_NAME}.yaml`;
/** Its arguments: what a kubelet has to say so that its request is answered. */
const PROVIDER_ARGS = ['kubelet', 'provide'];
/** Of tokens that OpenShift's API server takes. */
const TOKEN_AUDIENCE = 'https://kubernetes.default.svc';
/** Where our config is told to be, in the environment of a kubelet that has no home. */
export const CONFIG_VARIABLE = 'DOCKER_CREDENTIAL_OPENSHIFT_CONFIG';

/** What a kubelet is to ask this program for. */
export interface OurProvider {
  /** Registry hosts with what their pods get; undefined: the config does not say. */
  readonly hosts: ReadonlyMap<string, PodsSetting | undefined>;
  /** Variables of the program's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where a kubelet's config and its programs are; undefined: where the running kubelet has them. */
export interface NamedPlaces {
  readonly config: string | undefined;
  readonly binDir: string | undefined;
}

/** @returns a command line of `kubelet` for these places */
export function commandFor(verb: 'check' | 'install', { config, binDir }: NamedPlaces): string {
  const words = [
    ...(config === undefined ? [] : ['--config', config]),
    ...(binDir === undefined ? [] : ['--bin-dir', binDir]),
  ];
  return ['docker-credential-openshift kubelet', verb, ...words.map(shellQuoted)].join(' ');
}

/** @returns whether a pod's own token, or what its account is annotated with, decides of what it gets */
export function needsTokens({ hosts }: Pick<OurProvider, 'hosts'>): boolean {
  return [...hosts.values()].some((pods) => pods === 'own-token' || pods === 'annotated');
}

/** The text of a CredentialProviderConfig for kubelet 1.34 and later, with this program as its only provider. */
export function providerConfigText(ours: OurProvider): string {
  const tokens = {
    serviceAccountTokenAudience: TOKEN_AUDIENCE,
    // A pod's own token is refused as a password with any other.
    cacheType: 'Token',
    // Static pods have none, and get what `pods: all` gives.
    requireServiceAccount: false,
    optionalServiceAccountAnnotationKeys: [PULL_AS],
  };
  const provider = {
    name: PROVIDER_NAME,
    matchImages: [...ours.hosts.keys()],
    // Every answer says for how long it may be kept.
    defaultCacheDuration: '0s',
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    args: PROVIDER_ARGS,
    env: Object.entries(ours.env).map(([name, value]) => ({ name, value })),
    ...(needsTokens(ours) ? { tokenAttributes: tokens } : {}),
  };
  const config = {
    apiVersion: 'kubelet.config.k8s.io/v1',
    kind: 'CredentialProviderConfig',
    providers: [provider],
  };
  const document = new Document(config, { version: '1.1' });
  visit(document, {
    Scalar(key, scalar) {
      // Readers differ in what they take for a number or a boolean without quotes.
      const isWord =
        key === 'key' || typeof scalar.value !== 'string' || /^[A-Za-z][a-z]{4}/.test(scalar.value);
      if (!isWord) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  if (isMap(document.contents)) document.contents.commentBefore = ` Made by \`${PROVIDER_NAME} kubelet\`.`;
  return document.toString({ lineWidth: 0 });
}

/**
 * What lets nodes ask for tokens of the audience that no pod mounts (Kubernetes 1.33 and later: the admission plugin
 * NodeRestriction, ServiceAccountNodeAudienceRestriction). OpenShift brings the same along.
 */
export const AUDIENCE_RBAC = `# Lets kubelets request tokens of this audience for the service accounts of their pods.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: docker-credential-openshift-kubelet
rules:
  - apiGroups: [""]
    resources: ["${TOKEN_AUDIENCE}"]
    verbs: ["request-serviceaccounts-token-audience"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: docker-credential-openshift-kubelet
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: docker-credential-openshift-kubelet
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: system:nodes
`;

/**
 * What a kubelet takes, and still keeps this program from answering as our config wants it.
 * @param pods what the config that the provider is told of says of its hosts
 * @param install the command that writes our own file anew
 */
export function adviseOurs(
  { provider, path, line }: PlacedProvider,
  pods: OurProvider['hosts'],
  install: string,
): readonly ConfigFinding[] {
  const { tokenAttributes, matchImages = [] } = provider;
  // What others keep is theirs to write: it is printed as it should be.
  const run = path.endsWith(`/${OUR_FILE}`) ? install : 'docker-credential-openshift kubelet print';
  const note = (code: string, why: string): ConfigFinding => ({
    code,
    why: `${path} line ${line}: ${why}`,
    fix: { run },
    isFatal: false,
    path,
    line,
  });
  const findings: ConfigFinding[] = [];
  for (const [host, setting] of pods) {
    if (setting === undefined || matchImages.some((pattern) => matchesRegistry(pattern, host))) continue;
    const why = `no pattern of matchImages is for ${host}, of which our config says what pods get`;
    findings.push(note('provider-host-unmatched', why));
  }
  const cacheType = tokenAttributes?.cacheType;
  if (cacheType === 'ServiceAccount') {
    const why =
      "cacheType is ServiceAccount, not Token: a kubelet refuses a pod's own token as its password then";
    findings.push(note('provider-cache-type', why));
  }
  if (!needsTokens({ hosts: pods })) return findings;
  const keys = [
    ...(tokenAttributes?.requiredServiceAccountAnnotationKeys ?? []),
    ...(tokenAttributes?.optionalServiceAccountAnnotationKeys ?? []),
  ];
  const isAnnotated = [...pods.values()].includes('annotated');
  if (tokenAttributes === undefined || (isAnnotated && !keys.includes(PULL_AS))) {
    const missing = tokenAttributes === undefined ? 'tokenAttributes' : `the annotation's key ${PULL_AS}`;
    const why = `${missing} is missing, without which pods get nothing of hosts with \`pods: own-token\` or \`annotated\``;
    findings.push(note('provider-without-tokens', why));
  }
  return findings;
}
