import { withoutSecrets } from '../../hosts/reason.ts';
import { ENVIRONMENT_VARIABLES } from '../environment-variables.ts';
import { type Report, reportForJson } from './report.ts';

/** What a bug tracker needs beside the findings. Nothing here may hold a secret; names are taken out of it. */
export interface BundleFacts {
  /** Of the program, its runtime, the system, the engines: a name and what it is. */
  readonly versions: readonly (readonly [name: string, value: string])[];
  /** Variables that the program or the engines heed: their values, or `(set)` where those may be secret. */
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** Files, with what is secret in them blacked out. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Names of users: each is replaced wherever it stands. */
  readonly userNames: readonly string[];
  /** The home directory, which is written as `~`. */
  readonly home: string | undefined;
}

const ABOUT = `# docker-credential-openshift: a report for a bug tracker

It holds versions, the findings of doctor, which variables are set, our config and the files that docker and podman read.
Of the files' values only names of helpers are shown, others are blacked out ("…"); names of users are replaced (user-1), the
home directory is "~". Names of hosts, namespaces and images stay: look through it before you make it public.`;

/** What engines and this program heed besides the variables of `--help`. */
const MORE = [
  'PATH',
  'SSL_CERT_DIR',
  'DOCKER_CONTEXT',
  'KUBERNETES_SERVICE_HOST',
  'WSL_DISTRO_NAME',
  'no_proxy',
];
/** Variables of which only that they are set may be told: they may hold a secret, or a user's name. */
const HIDDEN: readonly string[] = [
  'DOCKER_AUTH_CONFIG',
  'DOCKER_CREDENTIAL_OPENSHIFT_TOKEN',
  'DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT',
  'DOCKER_CREDENTIAL_OPENSHIFT_SERVICE_ACCOUNT',
  ...['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'BROWSER', 'SUDO_USER'],
];

/** @returns the variables that matter, as far as their values may be told */
export function variablesIn(env: Readonly<Record<string, string | undefined>>): BundleFacts['variables'] {
  const names = new Set([...Object.keys(ENVIRONMENT_VARIABLES), ...MORE, ...HIDDEN]);
  return [...names].flatMap((name) => {
    const value = env[name] ?? '';
    return value === '' ? [] : [[name, HIDDEN.includes(name) ? '(set)' : value] as const];
  });
}

/** @returns the text of `doctor --bundle` */
export function bundleText(report: Report, facts: BundleFacts): string {
  const pairs = (list: readonly (readonly [string, string])[]) =>
    list.length === 0 ? '(none)' : list.map(([name, value]) => `${name}: ${value}`).join('\n');
  const files = facts.files.map(({ path, text }) => `### ${path}\n\n${fenced(text)}`);
  const text = [
    ABOUT,
    `## Versions\n\n${fenced(pairs(facts.versions))}`,
    `## Variables\n\n${fenced(pairs(facts.variables))}`,
    `## Findings\n\n${fenced(JSON.stringify(reportForJson(report), null, 2))}`,
    '## Files',
    ...(files.length === 0 ? ['(none)'] : files),
  ].join('\n\n');
  return `${withoutSecrets(redactNames(withoutSecrets(text), facts.userNames, facts.home))}\n`;
}

/** The text as it is, whatever it holds. */
function fenced(text: string): string {
  return `\`\`\`\`\n${text.replaceAll('````', "''''").trimEnd()}\n\`\`\`\``;
}

/** Names that are no person's. */
const NOBODY =
  /^(?:root|admin|administrator|kubeadmin|developer|default|user|users|system|nobody|serviceaccount|unused)$|^system:/i;

/**
 * Takes names of users and the home directory out of a text.
 * @param names as they are written somewhere: `alice`, `alice/api-example-com:6443`
 * @returns the text with `user-1`, `user-2` … and `~` in their place; the same name is the same number everywhere
 */
export function redactNames(text: string, names: readonly string[], home: string | undefined): string {
  const atHome = home === undefined || home === '' || home === '/' ? text : replaced(text, home, '~');
  const people = [...new Set(names.flatMap(partsOf))].filter((name) => name.length > 1 && !NOBODY.test(name));
  const numbered = people.map((name, index) => [name, `user-${index + 1}`] as const);
  // The longest first: one name may be a part of another.
  const sorted = numbered.toSorted(([a], [b]) => b.length - a.length);
  return sorted.reduce((done, [name, number]) => replaced(done, name, number), atHome);
}

/** `oc login` names the kubeconfig's user NAME/CLUSTER, and its context NAMESPACE/CLUSTER/NAME. */
function partsOf(name: string): string[] {
  const parts = name.split('/');
  if (parts.length === 3) return [parts[2] ?? ''];
  return [parts[0] ?? ''];
}

function replaced(text: string, name: string, by: string): string {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replaceAll(new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, 'g'), by);
}
