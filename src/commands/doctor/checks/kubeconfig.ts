import { oneLine } from '../../../hosts/reason.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Login } from '../network-state.ts';

/** The kubeconfig, as it is read from its files. */
interface KubeconfigReading {
  readonly files: readonly { readonly path: string; readonly isThere: boolean }[];
  /** Sentences that name the file. */
  readonly problems: readonly string[];
  /** How many contexts name a cluster. */
  readonly contexts: number;
  readonly current: { readonly context: string | undefined; readonly server: string } | undefined;
}

export interface KubeconfigPorts {
  kubeconfig(): Promise<KubeconfigReading>;
  loginOf(host: string): Promise<Pick<Login, 'kind'>>;
}

/** The kubeconfig, which holds the logins. */
export async function kubeconfig(
  { kubeconfig: read, loginOf }: KubeconfigPorts,
  { hosts }: Pick<CheckContext, 'hosts'>,
): Promise<readonly Finding[]> {
  const { files, problems, contexts, current } = await read();
  const there = files.filter(({ isThere }) => isThere).map(({ path }) => path);
  const broken = problems.map(faulty);
  if (there.length === 0 && current !== undefined) return [...broken, given(current)];
  if (there.length === 0) {
    const logins = await Promise.all(hosts.map(loginOf));
    const isMissed = logins.length === 0 || logins.some(({ kind }) => kind === 'none');
    return [...broken, none(files, isMissed)];
  }
  const count = `${contexts} ${contexts === 1 ? 'context' : 'contexts'}`;
  const now = current?.context === undefined ? 'none is current' : `${current.context} is current`;
  const saw = oneLine(`The kubeconfig has ${count}, ${now} (${there.join(', ')})`);
  return [...broken, { status: contexts === 0 ? 'note' : 'ok', saw }];
}

function faulty(problem: string): Finding {
  return {
    status: 'problem',
    saw: oneLine(problem).replace(/\.$/, '').replace(/^the /, 'The kubeconfig: the '),
    why: 'What is written there does not count: its logins are missing',
    mend: /context/.test(problem) ? 'oc config get-contexts' : 'Mend that file, or move it away.',
  };
}

/** @param isMissed whether there is a host that gets no token */
function none(files: readonly { readonly path: string }[], isMissed: boolean): Finding {
  const looked = files.map(({ path }) => path).join(', ');
  const saw = `There is no kubeconfig${looked === '' ? ': neither HOME nor KUBECONFIG is set' : ` (${looked})`}`;
  if (!isMissed) return { status: 'note', saw, why: 'None is needed for what was looked at' };
  const why = 'It holds the logins to clusters: without one a registry gets only what was typed for it';
  return { status: 'note', saw, why, mend: 'docker-credential-openshift login https://API-SERVER:6443' };
}

/** A pod's account, or what the environment gives. */
function given({ server }: { readonly server: string }): Finding {
  return {
    status: 'ok',
    saw: `There is no kubeconfig; this process has an identity of its own at ${server}`,
  };
}
