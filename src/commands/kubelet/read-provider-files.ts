import { basename, dirname, join } from 'node:path';
import { shellQuoted } from '../../hosts/quoting.ts';
import { AppError, type Fix } from '../../hosts/reason.ts';
import { commandFor, OUR_FILE, PROVIDER_NAME } from '../../kubelet/our-provider.ts';
import {
  type CheckedConfig,
  type ConfigFile,
  type ConfigFinding,
  checkProviderConfig,
  isConfigName,
  type PlacedProvider,
} from '../../kubelet/provider-config.ts';

/** What lies at a path, with symbolic links followed. */
export interface FileState {
  readonly kind: 'file' | 'directory' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
}

/** The files of a node. All throw an AppError that names the path. */
export interface NodeFiles {
  /** @returns undefined: there is nothing */
  stateOf(path: string): Promise<FileState | undefined>;
  /** The names in a directory, but for directories. */
  namesIn(directory: string): Promise<readonly string[]>;
  /** A regular file's text. @returns undefined: there is none */
  readText(path: string): Promise<string | undefined>;
  /** The effective user id. */
  readonly uid: number | undefined;
}

/** What a directory of configs will be: one of its files with another text, or gone (null). */
export interface PlannedFile {
  readonly path: string;
  readonly text: string | null;
}

const WRITABLE_BY_OTHERS = 0o022;
const EXECUTABLE = 0o111;

/**
 * What kubelet makes of its two options, as they are, or as they will be.
 * @param config a file, or a directory
 * @param binDir undefined: not known, and programs are not looked for
 * @param planned of a directory
 * @param hasProgram whether a program will be there by this name
 */
export async function checkNode(
  config: string,
  binDir: string | undefined,
  files: NodeFiles,
  planned?: PlannedFile,
  hasProgram: (name: string) => boolean = () => false,
): Promise<CheckedConfig & { readonly files: readonly ConfigFile[] }> {
  const { read, findings } = await readConfigFiles(config, files, planned);
  const checked = checkProviderConfig(read);
  const programs =
    binDir === undefined ? [] : await checkPrograms(checked.providers, binDir, files, hasProgram);
  return {
    files: read,
    providers: checked.providers,
    findings: [...findings, ...checked.findings, ...programs],
  };
}

async function readConfigFiles(
  config: string,
  files: NodeFiles,
  planned: PlannedFile | undefined,
): Promise<{ read: readonly ConfigFile[]; findings: readonly ConfigFinding[] }> {
  const state = await files.stateOf(config);
  if (state === undefined && planned === undefined)
    throw noConfig(config, 'there is no such file or directory');
  const isDirectory = state === undefined || state.kind === 'directory';
  const names = state?.kind === 'directory' ? (await files.namesIn(config)).filter(isConfigName) : [];
  const paths = new Set(isDirectory ? names.map((name) => join(config, name)) : [config]);
  if (planned?.text === null) paths.delete(planned.path);
  else if (planned !== undefined) paths.add(planned.path);
  const read: ConfigFile[] = [];
  const findings: ConfigFinding[] = [];
  for (const path of [...paths].sort()) {
    const text = path === planned?.path ? planned.text : await textOf(path, files);
    if (typeof text === 'string') read.push({ path, text });
    else findings.push(text ?? unreadable(path, `${path}: a symbolic link leads nowhere`));
  }
  if (paths.size === 0 && planned === undefined)
    throw noConfig(config, 'it has no file that ends in .json, .yaml or .yml');
  return { read, findings };
}

/** @returns why kubelet can't read it; undefined: it is not there */
async function textOf(path: string, files: NodeFiles): Promise<string | ConfigFinding | undefined> {
  try {
    return await files.readText(path);
  } catch (error) {
    // A directory behind a link, a FIFO, which a kubelet waits for without end, or what is out of reach.
    if (!(error instanceof AppError)) throw error;
    return unreadable(path, error.message);
  }
}

function unreadable(path: string, why: string): ConfigFinding {
  const fix = { run: `ls -l ${shellQuoted(path)}` };
  return { code: 'provider-config-broken', why, fix, isFatal: true, path, line: 1 };
}

function noConfig(config: string, why: string): AppError {
  return new AppError({
    code: 'no-provider-config',
    message: `${config}: ${why}, and a kubelet that is told of it ends`,
    fix: { run: `${commandFor('install', { config, binDir: undefined })} --dry-run` },
  });
}

async function checkPrograms(
  providers: readonly PlacedProvider[],
  binDir: string,
  files: NodeFiles,
  hasProgram: (name: string) => boolean,
): Promise<readonly ConfigFinding[]> {
  const findings: ConfigFinding[] = [];
  const note = (
    code: string,
    { path, line }: PlacedProvider,
    [why, fix]: readonly [why: string, fix: Fix],
    isFatal: boolean,
  ): void => {
    findings.push({ code, why: `${path} line ${line}: ${why}`, fix, isFatal, path, line });
  };
  for (const placed of providers) {
    const { name = '' } = placed.provider;
    if (name === '' || name.includes('/') || hasProgram(name)) continue;
    const program = join(binDir, name);
    const state = await files.stateOf(program);
    const why = whyNoProgram(program, state, placed);
    if (why !== undefined) note('provider-program-missing', placed, why, true);
    else if (isOpen(state, files.uid)) note('provider-program-open', placed, openTo(program), false);
  }
  const [first] = providers;
  if (first !== undefined && isOpen(await files.stateOf(binDir), files.uid))
    note('provider-program-open', first, openTo(binDir), false);
  return findings;
}

function whyNoProgram(
  program: string,
  state: FileState | undefined,
  { path }: PlacedProvider,
): readonly [why: string, fix: Fix] | undefined {
  const [config, binDir] = [dirname(path), dirname(program)];
  const isOurs = basename(path) === OUR_FILE && basename(program) === PROVIDER_NAME;
  const install = isOurs
    ? { run: commandFor('install', { config, binDir }) }
    : { do: `Install its program in ${binDir}.` };
  if (state === undefined) return [`${program} is not there`, install];
  if (state.kind === 'directory') return [`${program} is a directory`, install];
  if ((state.mode & EXECUTABLE) !== 0) return undefined;
  return [`${program} may not be executed`, { run: `chmod 0755 ${shellQuoted(program)}` }];
}

function openTo(path: string): readonly [why: string, fix: Fix] {
  const quoted = shellQuoted(path);
  const why = `others than root may change ${path}, and the kubelet runs what is there as root`;
  return [why, { run: `chown root: ${quoted} && chmod 0755 ${quoted}` }];
}

function isOpen(state: FileState | undefined, own: number | undefined): boolean {
  if (state === undefined) return false;
  const { mode, uid } = state;
  return (mode & WRITABLE_BY_OTHERS) !== 0 || (uid !== 0 && uid !== own);
}
