import { withoutSecrets } from '../../hosts/reason.ts';
import { redactNames } from './redact-names.ts';
import { type Report, reportForJson } from './report-json.ts';

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
  // A URL may carry a user and a password, and that may hold a slash or an "@".
  const plain = text.replaceAll(/(?<=:\/\/)[^\s"'<>]*@/g, '***@');
  return `${withoutSecrets(redactNames(plain, facts.userNames, facts.home))}\n`;
}

/** The text as it is, whatever it holds. */
function fenced(text: string): string {
  return `\`\`\`\`\n${text.replaceAll('````', "''''").trimEnd()}\n\`\`\`\``;
}
