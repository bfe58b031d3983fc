import type { Reason } from '../../hosts/reason.ts';
import {
  AUDIENCE_RBAC,
  adviseOurs,
  CONFIG_VARIABLE,
  commandFor,
  PROVIDER_NAME,
  providerConfigText,
} from '../../kubelet/our-provider.ts';
import type { PlacedProvider } from '../../kubelet/provider-config.ts';
import { noAction, parseHosts, parseWords, runAsCommand } from '../parse-words.ts';
import { printReasons } from '../print-reasons.ts';
import { KUBELET } from './declaration.ts';
import { install, undo } from './install.ts';
import { type KubeletPorts, ourProvider, placesOf } from './node.ts';
import { checkNode } from './read-provider-files.ts';

/** A command line of `kubelet`. */
type KubeletArguments =
  | { readonly verb: 'print'; readonly hosts: readonly string[]; readonly isRbac: boolean }
  | { readonly verb: 'check'; readonly config: string | undefined; readonly binDir: string | undefined }
  | {
      readonly verb: 'install';
      readonly hosts: readonly string[];
      readonly config: string | undefined;
      readonly binDir: string | undefined;
      readonly isDryRun: boolean;
      readonly isUndo: boolean;
    };

/** `kubelet`, but for `provide`, which kubelets call. @returns the exit status */
export function runKubelet(args: readonly string[], ports: KubeletPorts): Promise<number> {
  return runAsCommand(KUBELET, parseArguments(args, ports.absolutePath), ports, (asked) => {
    if (asked.verb === 'print') return print(asked.hosts, asked.isRbac, ports);
    if (asked.verb === 'check') return check(asked.config, asked.binDir, ports);
    return asked.isUndo ? undo(asked, ports) : install(asked, ports);
  });
}

function parseArguments(
  args: readonly string[],
  inWorkingDirectory: (path: string) => string,
): KubeletArguments | string {
  const read = parseWords(args, KUBELET);
  if (typeof read === 'string') return read;
  const [verb, ...words] = read.positionals;
  const {
    config,
    'bin-dir': binDir,
    rbac = false,
    'dry-run': isDryRun = false,
    undo: isUndo = false,
  } = read.values;
  const absolute = (path: string | undefined) => (path === undefined ? undefined : inWorkingDirectory(path));
  if (verb === 'check' && words.length > 0) return '`kubelet check` takes no HOST: write --config PATH.';
  const hosts = parseHosts(words);
  if (typeof hosts === 'string') return hosts;
  const places = { config: absolute(config), binDir: absolute(binDir) };
  const isPlaced = config !== undefined || binDir !== undefined;
  switch (verb) {
    case 'print':
      if (isPlaced || isDryRun || isUndo) return '`kubelet print` takes no option but --rbac.';
      if (rbac && hosts.length > 0) return 'What --rbac prints is the same for all hosts.';
      return { verb, hosts, isRbac: rbac };
    case 'check':
      if (rbac || isDryRun || isUndo) return '`kubelet check` takes --config and --bin-dir alone.';
      return { verb, ...places };
    case 'install':
      if (rbac) return '--rbac is for `kubelet print`.';
      if (isUndo && hosts.length > 0) return '`kubelet install --undo` takes no HOST.';
      return { verb, hosts, ...places, isDryRun, isUndo };
    default:
      return noAction(verb, KUBELET.words[0].completes);
  }
}

async function print(hosts: readonly string[], isRbac: boolean, ports: KubeletPorts): Promise<number> {
  if (isRbac) {
    ports.print(AUDIENCE_RBAC.trimEnd());
    return 0;
  }
  const { ours, remarks } = await ourProvider(hosts, ports);
  ports.print(providerConfigText(ours).trimEnd());
  printReasons(remarks, ports.printError);
  return 0;
}

async function check(
  config: string | undefined,
  binDir: string | undefined,
  ports: KubeletPorts,
): Promise<number> {
  const places = await placesOf({ config, binDir }, ports);
  // Another config than the running kubelet's says nothing of its programs.
  const programs = config !== undefined && binDir === undefined ? undefined : places.binDir;
  const installed = commandFor('install', { config, binDir });
  const { files, providers, findings } = await checkNode(places.config, programs, ports.files);
  const ours = providers.filter(({ provider }) => provider.name === PROVIDER_NAME);
  const advice: Reason[] = [];
  for (const placed of ours)
    if (knowsOurConfig(placed, ports))
      advice.push(...adviseOurs(placed, await ports.podsByHost(), installed));
  const fatal = findings.filter(({ isFatal }) => isFatal);
  printReasons(fatal, ports.print);
  printReasons([...findings.filter(({ isFatal }) => !isFatal), ...advice], ports.print);
  if (fatal.length > 0) {
    ports.print(`A kubelet with ${places.config} ends at its next start: ${count(fatal.length, 'mistake')}.`);
    return 1;
  }
  const names = providers.map(({ provider }) => provider.name).join(', ');
  ports.print(`A kubelet takes ${places.config}: ${names} (${count(files.length, 'file')}).`);
  if (programs === undefined)
    ports.print('Their programs were not looked for: name their directory by --bin-dir DIR.');
  return 0;
}

/** Whether the provider reads the config that this command reads. */
function knowsOurConfig({ provider }: PlacedProvider, { configPath }: KubeletPorts): boolean {
  return provider.env?.some(({ name, value }) => name === CONFIG_VARIABLE && value === configPath) ?? false;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
