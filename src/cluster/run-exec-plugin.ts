import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { isAbsolute, resolve } from 'node:path';
import type { ExecPlugin } from '../hosts/identity.ts';
import { AppError, type Fix } from '../hosts/reason.ts';
import { type OwnProgram, spawnOwn } from '../process/spawn-own.ts';
import type { Connection } from './connection.ts';
import { objectIn, parseObject, textIn } from './reply-fields.ts';

/** What a plugin answered: a token, or nothing but a client certificate, in PEM. */
export type ExecCredential = {
  /** `status.expirationTimestamp`, in ms since the epoch; undefined: it gave none. */
  readonly expiresAtMs: number | undefined;
} & (
  | { readonly token: string; readonly certificate?: never }
  | { readonly token?: never; readonly certificate: { readonly cert: string; readonly key: string } }
);

const LARGEST_OUTPUT = 1024 * 1024;
/** Its stderr was the person's terminal. */
const WITH_A_PERSON = {
  do: 'What it printed above may say why. Log in with the plugin itself, then here again.',
};
/**
 * Where a plugin that asks for a person's login nevertheless shows it, as kubelogin, `oc get-token` (which is kubelogin
 * and takes no notice of `interactive: false`) and Azure's device code do: an address, and what to do with it.
 */
const ADDRESS = /https?:\/\//;
const FOR_A_PERSON = /\b(?:browser|visit|device)/i;
/** Nobody is there to look at what it would open, so that it says the address instead (kubelogin, by xdg-open). */
const NO_WINDOW = { DISPLAY: undefined, WAYLAND_DISPLAY: undefined, BROWSER: 'false' } as const;
const LONGEST_QUESTION = 4096;
/** One that only tells where it looks answers within this time. */
const ASKING_MS = 500;
/** As much of a plugin's stderr as fits on a person's line. */
const LONGEST_COMPLAINT = 300;

/**
 * Runs a kubeconfig's exec plugin (client.authentication.k8s.io v1 and v1beta1; Kubernetes, client-go credential
 * plugins). It is told whether somebody is there to talk to, and ended when its time is over,
 * with what it started, as far as `spawnOwn` finds it.
 * @param timeoutMs the time for all of it
 * @param person for `login`: the plugin gets this terminal, and may open a browser; it ends when the person stops it
 * @throws AppError naming the plugin and what it did; its code is `exec-plugin-late` if its time ran out,
 *   `exec-plugin-person` if it waits for somebody to log in, `exec-plugin-missing` if there is nothing that can be run,
 *   which no login fixes
 */
export async function runExecPlugin(
  plugin: ExecPlugin,
  connection: Connection,
  env: Record<string, string | undefined>,
  timeoutMs: number,
  person?: { readonly stopped: AbortSignal },
): Promise<ExecCredential> {
  const isPersonThere = person !== undefined;
  const cluster = plugin.wantsCluster ? { cluster: clusterInfo(connection) } : {};
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: isPersonThere, ...cluster },
  };
  const options: SpawnOptions = {
    env: {
      ...env,
      ...plugin.env,
      ...(isPersonThere ? {} : NO_WINDOW),
      KUBERNETES_EXEC_INFO: JSON.stringify(info),
    },
    stdio: isPersonThere ? ['inherit', 'pipe', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  };
  const program = isPersonThere
    ? atTheTerminal(spawn(commandPath(plugin), [...plugin.args], options))
    : spawnOwn(commandPath(plugin), plugin.args, options);
  const outcome = await watch(program, timeoutMs, person?.stopped);
  const failed = (what: string, code = 'exec-plugin') =>
    failure(plugin, what, code, isPersonThere ? WITH_A_PERSON : undefined);
  if (outcome === 'late') {
    const perhaps = isPersonThere ? '' : ', and may be waiting for a person';
    throw failed(`did not answer within ${Math.round(timeoutMs / 100) / 10} s${perhaps}`, 'exec-plugin-late');
  }
  if (outcome === 'asks') throw failed('waits for a person to log in in a browser', 'exec-plugin-person');
  if (typeof outcome === 'object' && 'notRun' in outcome) {
    // As in client-go, the kubeconfig's hint is for this case alone: oc's blames the PATH.
    const hint = plugin.installHint?.trim().replaceAll(/\s+/g, ' ');
    const what = `can't be run (${outcome.notRun})${hint === undefined ? '' : ` (${hint})`}`;
    throw failure(plugin, what, 'exec-plugin-missing', howToHave(plugin));
  }
  if (typeof outcome === 'string') throw failed(outcome);
  const credential = parseObject(outcome.stdout);
  const status = objectIn(credential, 'status');
  const token = textIn(status, 'token')?.trim();
  if (outcome.code !== 0) throw failed(`exited with ${outcome.code}${complaint(outcome.stderr)}`);
  if (textIn(credential, 'kind') !== 'ExecCredential') throw failed('printed no ExecCredential');
  const endMs = Date.parse(textIn(status, 'expirationTimestamp') ?? '');
  const expiresAtMs = Number.isNaN(endMs) ? undefined : endMs;
  const [cert, key] = [textIn(status, 'clientCertificateData'), textIn(status, 'clientKeyData')];
  if (!token && cert && key) return { certificate: { cert, key }, expiresAtMs };
  if (!token || !/^[\x21-\x7e]+$/.test(token)) throw failed('gave no token');
  return { token, expiresAtMs };
}

/** `spec.cluster` of an ExecCredential (client-go, pkg/apis/clientauthentication). */
function clusterInfo({ server, ca, tlsServerName, insecure, proxyUrl }: Connection): object {
  return {
    server,
    ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
    ...(tlsServerName === undefined ? {} : { 'tls-server-name': tlsServerName }),
    ...(insecure ? { 'insecure-skip-tls-verify': true } : {}),
    ...(proxyUrl === undefined ? {} : { 'proxy-url': proxyUrl }),
  };
}

/** A command with a slash is relative to its kubeconfig, as in client-go; others are found on the PATH. */
function commandPath({ command, directory }: ExecPlugin): string {
  return /[\\/]/.test(command) && !isAbsolute(command) ? resolve(directory, command) : command;
}

interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** It was not started; with the system's word for why. */
interface NotRun {
  readonly notRun: string;
}

/** In our own process group: only the terminal's own may read from it. It gets the terminal's signals itself. */
function atTheTerminal(child: ChildProcess): OwnProgram {
  const end = (): void => void child.kill();
  return { child, end, endGroup: end, letGo: () => {} };
}

function watch(
  { child, end, endGroup, letGo }: OwnProgram,
  timeoutMs: number,
  stopped: AbortSignal | undefined,
): Promise<Ending | NotRun | string> {
  return new Promise((settle) => {
    let stdout = '';
    let stderr = '';
    let asking: NodeJS.Timeout | undefined;
    const finish = (outcome: Ending | NotRun | string): void => {
      clearTimeout(limit);
      clearTimeout(asking);
      stopped?.removeEventListener('abort', stop);
      letGo();
      if (outcome === 'late' || outcome === 'asks') end();
      else endGroup();
      child.stdout?.destroy();
      child.stderr?.destroy();
      settle(outcome);
    };
    const limit = setTimeout(() => finish('late'), timeoutMs);
    // A terminal's Ctrl-C reaches the plugin, too; a signal to us alone does not.
    const stop = (): void => finish('was stopped');
    stopped?.addEventListener('abort', stop);
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      if (stdout.length > LARGEST_OUTPUT) finish('printed more than 1 MB');
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-LARGEST_OUTPUT);
      // Its stderr is ours where nobody is there to read it.
      const last = stderr.slice(-LONGEST_QUESTION);
      if (ADDRESS.test(last) && FOR_A_PERSON.test(last)) asking ??= setTimeout(finish, ASKING_MS, 'asks');
    });
    child.on('error', (error) => finish({ notRun: String((error as NodeJS.ErrnoException).code) }));
    // Its exit, not the end of its pipes: a child that it left behind may hold those for ever. What it wrote before is
    // read in the same turn of the loop, or a moment later.
    child.on('exit', (code, signal) => {
      const ending = () =>
        finish(signal === null ? { code: code ?? 0, stdout, stderr } : `was ended by ${signal}`);
      child.once('close', ending);
      setTimeout(ending, 100);
    });
  });
}

function complaint(stderr: string): string {
  const text = stderr.trim().replaceAll(/\s+/g, ' ').slice(0, LONGEST_COMPLAINT);
  return text === '' ? '' : `: ${text}`;
}

/** No login fixes what is not there. */
function howToHave({ command }: ExecPlugin): Fix {
  return /[\\/]/.test(command)
    ? { do: 'Install it, or correct its path in the kubeconfig.' }
    : { do: 'Install it, or put it on the PATH.' };
}

function failure({ command }: ExecPlugin, what: string, code: string, fix: Fix | undefined): AppError {
  return new AppError({ code, message: `The exec plugin ${command} ${what}`, fix });
}
