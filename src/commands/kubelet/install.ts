import { dirname, join } from 'node:path';
import { diffText } from '../../engines/edits/show-edit.ts';
import { shellQuoted } from '../../hosts/quoting.ts';
import { AppError } from '../../hosts/reason.ts';
import {
  commandFor,
  needsTokens,
  OUR_FILE,
  type OurProvider,
  PROVIDER_NAME,
  providerConfigText,
} from '../../kubelet/our-provider.ts';
import { checkProviderConfig } from '../../kubelet/provider-config.ts';
import type { Printer } from '../../process/terminal.ts';
import { printReasons } from '../print-reasons.ts';
import { BIN_DIR_OPTION, CONFIG_OPTION, type KubeletPorts, ourProvider, placesOf } from './node.ts';
import { checkNode, type NodeFiles } from './read-provider-files.ts';

interface Asked {
  readonly hosts: readonly string[];
  readonly config: string | undefined;
  readonly binDir: string | undefined;
  readonly isDryRun: boolean;
}

/** Puts our provider on a node, if the kubelet takes the outcome. @returns the exit status */
export async function install(asked: Asked, ports: KubeletPorts): Promise<number> {
  const { files, print, printError } = ports;
  await refuseForeignNode(ports);
  const { config, binDir, missing } = await placesOf(asked, ports);
  await refuseFile(config, asked.binDir, files);
  const programs = ports.ownPrograms();
  if (programs === undefined) throw notNative();
  const { ours, remarks } = await ourProvider(asked.hosts, ports);
  const path = join(config, OUR_FILE);
  const before = await readOurs(path, files);
  const text = providerConfigText(ours);
  const outcome = () => checkNode(config, binDir, files, { path, text }, (name) => name === PROVIDER_NAME);
  const { findings } = await outcome();
  printReasons([...findings, ...remarks], printError);
  if (findings.some(({ isFatal }) => isFatal)) throw refusal(config, binDir);
  for (const line of diffText(path, before, text, (each) => each)) print(line);
  const copies: { from: string; to: string }[] = [];
  for (const { from, below } of programs) {
    const to = join(binDir, below);
    if (!(await files.isSameFile(from, to))) copies.push({ from, to });
  }
  if (asked.isDryRun) {
    for (const { to } of copies) print(`Would be installed: ${to}`);
    print('Nothing was changed.');
    return 0;
  }
  for (const { from, to } of copies) {
    await files.copyProgram(from, to);
    print(`Installed: ${to}`);
  }
  const isStillTaken = async () => !(await outcome()).findings.some(({ isFatal }) => isFatal);
  if (before !== text && !(await files.writeConfig(path, text, isStillTaken))) throw refusal(config, binDir);
  print(before === text ? `As it should be already: ${path}` : `Written: ${path}`);
  sayWhatIsLeft(ours, missing, print);
  return 0;
}

function sayWhatIsLeft(ours: OurProvider, missing: readonly string[], print: Printer['print']): void {
  if (needsTokens(ours)) {
    print('Nodes have to be allowed to ask for the tokens of pods, once for the cluster. Run:');
    print('  docker-credential-openshift kubelet print --rbac | kubectl apply -f -');
  }
  if (missing.length > 0) {
    print('The kubelet, 1.34 or later, needs these options:');
    for (const option of missing) print(`  ${option}`);
  }
  print('It reads them at its start. Run:');
  print('  systemctl restart kubelet');
}

/** Takes back what `install` did. @returns the exit status */
export async function undo(asked: Omit<Asked, 'hosts'>, ports: KubeletPorts): Promise<number> {
  const { files, print, printError } = ports;
  const { config, binDir, isRead } = await placesOf(asked, ports);
  const path = join(config, OUR_FILE);
  const isThere = (await readOurs(path, files)) !== null;
  const rest = await checkNode(config, binDir, files, { path, text: null });
  if (isThere && rest.files.length === 0 && isRead) {
    throw new AppError({
      code: 'last-provider-config',
      message: `${path} is the only config in ${config}, and the kubelet that runs ends at its next start without one: first take ${CONFIG_OPTION} and ${BIN_DIR_OPTION} off it, and restart it`,
      fix: { run: 'systemctl cat kubelet' },
    });
  }
  const isOthers = rest.providers.some(({ provider }) => provider.name === PROVIDER_NAME);
  const programs: string[] = [];
  for (const { from, below } of isOthers ? [] : (ports.ownPrograms() ?? [])) {
    const program = join(binDir, below);
    const isInstalled = (await files.stateOf(program))?.kind === 'file';
    if (isInstalled && !(await files.isSameFile(from, program))) programs.push(program);
  }
  if (!isThere && programs.length === 0) {
    print(`There is nothing to take back in ${config} and ${binDir}.`);
    return 0;
  }
  printReasons(
    rest.findings.filter(({ isFatal }) => isFatal),
    printError,
  );
  const gone = [...(isThere ? [path] : []), ...programs];
  for (const each of gone) {
    if (!asked.isDryRun) await files.remove(each, each === path ? config : binDir);
    print(`${asked.isDryRun ? 'Would be removed' : 'Removed'}: ${each}`);
  }
  if (asked.isDryRun) print('Nothing was changed.');
  else if (isThere) {
    print('The kubelet still has it. Run:');
    print('  systemctl restart kubelet');
  }
  return 0;
}

async function refuseForeignNode({ platform, isMachineConfigs }: KubeletPorts): Promise<void> {
  if (platform !== 'linux') {
    throw new AppError({
      code: 'no-linux-node',
      message: 'Only on Linux a kubelet is told of this program by `install`',
      fix: { run: 'docker-credential-openshift kubelet print' },
    });
  }
  if (!(await isMachineConfigs())) return;
  throw new AppError({
    code: 'machine-config-operator',
    message:
      "This is a node of OpenShift: its kubelet reads one config of providers, which the machine-config operator owns and would put back, and so it does with the node's programs",
    fix: { run: 'docker-credential-openshift help pull-secret' },
  });
}

async function refuseFile(config: string, binDir: string | undefined, files: NodeFiles): Promise<void> {
  const state = await files.stateOf(config);
  if (state === undefined || state.kind === 'directory') return;
  const directory = `${config}.d`;
  const copy = `install -D -m 0644 ${shellQuoted(config)} ${shellQuoted(directory)}/0.yaml`;
  throw new AppError({
    code: 'provider-config-file',
    message: `${config} is a file, which kubelet 1.34 or later may have in a directory with others: copy it there, and point ${CONFIG_OPTION} to that`,
    fix: { run: `${copy} && ${commandFor('install', { config: directory, binDir })}` },
  });
}

/** @returns our file's text; null: there is none. @throws AppError `provider-file-foreign` */
async function readOurs(path: string, files: NodeFiles): Promise<string | null> {
  const text = await files.readText(path);
  if (text === undefined) return null;
  const { providers } = checkProviderConfig([{ path, text }]);
  const foreign = providers.find(({ provider }) => provider.name !== PROVIDER_NAME);
  if (foreign === undefined) return text;
  const other = join(dirname(path), 'others.yaml');
  throw new AppError({
    code: 'provider-file-foreign',
    message: `${path} has the provider ${foreign.provider.name ?? ''}, which is not ours to remove`,
    fix: { run: `mv -n ${shellQuoted(path)} ${shellQuoted(other)}` },
  });
}

function refusal(config: string, binDir: string): AppError {
  return new AppError({
    code: 'provider-config-refused',
    message: `No config was written: with ${config} as it would be, the kubelet would end at its next start`,
    fix: { run: commandFor('check', { config, binDir }) },
  });
}

function notNative(): AppError {
  return new AppError({
    code: 'not-a-native-program',
    message:
      'This program is run by Node, and a kubelet starts one file: install the package or the binary of a release',
    fix: { run: 'docker-credential-openshift kubelet print' },
  });
}
