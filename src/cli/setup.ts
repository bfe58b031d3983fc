import { shownArgument } from '../credential/quoting.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';
import { parseWords } from './parse-words.ts';
import { type Printer, runAsCommand } from './run-as-command.ts';

/** What a context of the kubeconfig stands for; `insecure`: it skips TLS verification. */
export interface SetupBinding {
  readonly server: string;
  readonly user: string;
  readonly context: string;
  readonly insecure: boolean;
}

/** What to write down for a host. `engineNames`: the host as engines may ask for it. */
export interface HostSetup {
  readonly host: string;
  readonly engineNames: readonly string[];
  readonly entry: { readonly server: string; readonly user: string; readonly context?: string };
}

/** A file with its foreseen `changes` (none: it is right already); `apply` makes them and says what it did. */
export interface PlannedFile {
  readonly path: string;
  readonly changes: readonly string[];
  apply(): Promise<readonly string[]>;
}

/** The files that `setup` reads and writes. */
export interface SetupFiles {
  /** The context that our config names for the host, written by hand. */
  configuredContext(host: string): Promise<string | undefined>;
  /** `NAMESPACE/NAME` of the account that tokens are still minted for once the host is bound to `entry`, if any. */
  keptServiceAccount(host: string, entry: HostSetup['entry']): Promise<string | undefined>;
  /** Plans the edits of our config and of the engines' files; writes nothing. Throws an AppError. */
  plan(setups: readonly HostSetup[]): Promise<readonly PlannedFile[]>;
  isHelperOnPath(): Promise<boolean>;
}

export interface SetupPorts extends Printer {
  readonly files: SetupFiles;
  /** Throws an AppError when no context fits, or several do. */
  resolveBinding(host: string, contextName?: string): Promise<SetupBinding>;
  /** Lifts whatever signed the host out. */
  signIn(host: string): Promise<void>;
}

type Arguments = { hosts: { host: string; engineNames: readonly string[] }[]; context: string | undefined };

/**
 * `setup HOST… [--context NAME]`: binds registry hosts to the cluster and user of a context, and tells
 * docker and podman to ask this helper for them. All files are planned before any is written.
 * Returns the exit code: 0, 1 for an error (said on stderr), 2 for a wrong command line.
 */
export function runSetup(args: readonly string[], ports: SetupPorts): Promise<number> {
  return runAsCommand('setup', parseArguments(args), ports, async (parsed) => {
    await setUp(parsed, ports);
    return 0;
  });
}

async function setUp({ hosts, context }: Arguments, ports: SetupPorts): Promise<void> {
  const setups: HostSetup[] = [];
  const bindings: [host: string, binding: SetupBinding][] = [];
  for (const { host, engineNames } of hosts) {
    const configured = await ports.files.configuredContext(host);
    const binding = await ports.resolveBinding(host, context ?? configured);
    const { server, user } = binding;
    const keepContext = configured !== undefined && configured === binding.context;
    setups.push({
      host,
      engineNames,
      entry: keepContext ? { server, user, context: configured } : { server, user },
    });
    bindings.push([host, binding]);
  }
  const files = await ports.files.plan(setups);
  const kept: (string | undefined)[] = [];
  for (const { host, entry } of setups) kept.push(await ports.files.keptServiceAccount(host, entry));
  for (const [index, [host, binding]] of bindings.entries()) {
    const account = kept[index];
    const gets =
      account === undefined ? `the login of ${binding.user}` : `tokens of the service account ${account}`;
    ports.print(`${host} gets ${gets} at ${binding.server} (context ${binding.context}).`);
    if (binding.insecure) {
      ports.printError(
        `Warning: context ${binding.context} does not verify the certificate of ${binding.server}; ` +
          'whoever stands between you and it can take your token.',
      );
    }
  }
  for (const file of files) await write(file, ports);
  for (const { host } of hosts) await ports.signIn(host);
  if (!(await ports.files.isHelperOnPath())) {
    ports.printError(
      'Warning: docker-credential-openshift is not on your PATH, so engines will not find it. ' +
        'Put it into a directory of your PATH, such as /usr/local/bin.',
    );
  }
  for (const { engineNames } of hosts)
    ports.print(`Try: podman pull ${engineNames.at(-1)}/NAMESPACE/IMAGE:TAG`);
}

async function write(file: PlannedFile, ports: SetupPorts): Promise<void> {
  const changes = await file.apply();
  ports.print(`${file.path}: ${changes.length === 0 ? 'nothing to change' : changes.join('; ')}`);
}

/** The arguments, or what is wrong with them, in one sentence. */
function parseArguments(args: readonly string[]): Arguments | string {
  const words = parseWords(args, { context: { type: 'string' } });
  if (typeof words === 'string') return words;
  const { positionals } = words;
  const { context } = words.values;
  if (context === '') return '--context needs the name of a context.';
  if (positionals.length === 0) return 'Which registry? Name at least one HOST.';
  const hosts = new Map<string, Set<string>>();
  for (const typed of positionals) {
    const host = normaliseRegistryHost(typed);
    if (host === null) return `${shownArgument(typed)} is no registry host.`;
    hosts.set(host, (hosts.get(host) ?? new Set([host])).add(asEnginesAsk(typed, host)));
  }
  return { hosts: Array.from(hosts, ([host, names]) => ({ host, engineNames: [...names] })), context };
}

/** Engines match `credHelpers` exactly: who pulls from HOST:443 is asked for HOST:443. */
function asEnginesAsk(typed: string, host: string): string {
  return /^(?:https?:\/\/)?[^/]*:443(?:\/|$)/i.test(typed.trim()) ? `${host}:443` : host;
}
