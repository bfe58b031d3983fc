import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { type HelperProgram, runHelper } from '../support/helper-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { type Provided, providedBy, requestText } from './provided.ts';

/** How a kubelet's config calls the program. */
const PROVIDE = ['kubelet', 'provide'] as const;
/** More does not fit into a pipe before somebody reads. */
const PIPE_BYTES = 64 * 1024;

/** A node: no HOME, a bare PATH, and the config and kubeconfig that its kubelet's config names. */
export interface Node {
  readonly env: Readonly<Record<string, string>>;
  /** Where the program keeps what it may. */
  readonly cache: string;
  /** Asks as a kubelet does, in the words of its encoder. */
  ask(request: object, version?: string): Promise<Provided>;
  /** The same with what is no request. */
  send(stdin: string, version?: string): Promise<Provided>;
}

/** @param registries the config's; @param kubeconfig what lies on the node */
async function nodeWith(
  t: TestContext,
  program: Pick<HelperProgram, 'command'>,
  { registries, kubeconfig }: { readonly registries: object; readonly kubeconfig: string },
): Promise<Node> {
  const directory = temporaryDirectory(t);
  const files = { config: join(directory, 'config.yaml'), kubeconfig: join(directory, 'kubeconfig') };
  writeFileSync(files.kubeconfig, kubeconfig);
  writeFileSync(files.config, JSON.stringify({ registries }));
  const env = {
    PATH: '/nowhere',
    TMPDIR: directory,
    KUBECONFIG: files.kubeconfig,
    DOCKER_CREDENTIAL_OPENSHIFT_CONFIG: files.config,
  };
  const send: Node['send'] = async (text, version) => {
    const stdin = Buffer.byteLength(text) < PIPE_BYTES ? 'pipe' : 'socket';
    return providedBy(await runHelper(program, PROVIDE, text, { env, cwd: '/', stdin }), version);
  };
  return {
    env,
    cache: join(directory, `docker-credential-openshift-${process.geteuid?.()}`),
    send,
    ask: (request, version) => send(requestText(request, version), version),
  };
}

/** A node of the sandbox's cluster, with alice's login. */
export async function nodeOf(
  t: TestContext,
  program: Pick<HelperProgram, 'command'>,
  sandbox: Sandbox,
  registries: object,
): Promise<Node & { readonly token: string }> {
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  return {
    token,
    ...(await nodeWith(t, program, { registries, kubeconfig: sandbox.kubeconfig({ token }) })),
  };
}
