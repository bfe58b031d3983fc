import { AppError, type Reason } from '../../hosts/reason.ts';
import { CONFIG_VARIABLE, type NamedPlaces, type OurProvider } from '../../kubelet/our-provider.ts';
import type { Printer } from '../../process/terminal.ts';
import type { PodsSetting } from '../../registry/bind-host.ts';
import type { NodeFiles } from './read-provider-files.ts';

/** A node, its config and its files. */
export interface KubeletPorts extends Printer {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where our config lies; null: there is no place for one. */
  readonly configPath: string | null;
  /** @returns a path from the root */
  absolutePath(path: string): string;
  readonly files: NodeFiles & {
    /** Copies an executable over another, or to where there is none, whole or not at all; 0755. */
    copyProgram(from: string, to: string): Promise<void>;
    /** Writes a file, whole or not at all, if `mayReplace`, asked at the last moment, says so; 0644. */
    writeConfig(path: string, text: string, mayReplace: () => Promise<boolean>): Promise<boolean>;
    /** Removes a file and the directories that are empty then, up to `top`. @returns whether it was there */
    remove(path: string, top: string): Promise<boolean>;
    isSameFile(one: string, other: string): Promise<boolean>;
  };
  /** What the config says that pods get, of the hosts that it says it of. @throws AppError if it can't be read */
  podsByHost(): Promise<ReadonlyMap<string, PodsSetting>>;
  /** The arguments of the kubelet that runs; undefined: none is seen. */
  runningKubelet(): Promise<readonly string[] | undefined>;
  /** Whether the machine-config operator of OpenShift keeps this machine. */
  isMachineConfigs(): Promise<boolean>;
  /** What this program consists of, with its place below a directory; undefined: it is run by Node. */
  ownPrograms(): readonly { readonly from: string; readonly below: string }[] | undefined;
}

export const CONFIG_OPTION = '--image-credential-provider-config';
export const BIN_DIR_OPTION = '--image-credential-provider-bin-dir';
const DEFAULT_CONFIG = '/etc/kubernetes/image-credential-providers';
const DEFAULT_BIN_DIR = '/usr/local/libexec/kubelet-image-credential-providers';
/** For a kubelet, which has no home. */
const CACHE = '/var/cache';

interface Places {
  readonly config: string;
  readonly binDir: string;
  /** Both options, as the kubelet needs them, that the running one does not have. */
  readonly missing: readonly string[];
  /** The running kubelet reads this very config. */
  readonly isRead: boolean;
}

/** Where the kubelet's config and its programs are: as named, as the running kubelet has it, or where they would be. */
export async function placesOf(
  named: NamedPlaces,
  { runningKubelet }: Pick<KubeletPorts, 'runningKubelet'>,
): Promise<Places> {
  const running = await runningKubelet();
  const [itsConfig, itsBinDir] = [optionIn(CONFIG_OPTION, running), optionIn(BIN_DIR_OPTION, running)];
  const config = named.config ?? itsConfig ?? DEFAULT_CONFIG;
  const binDir = named.binDir ?? itsBinDir ?? DEFAULT_BIN_DIR;
  const isRead = itsConfig === config;
  const missing = [
    ...(isRead ? [] : [`${CONFIG_OPTION}=${config}`]),
    ...(itsBinDir === binDir ? [] : [`${BIN_DIR_OPTION}=${binDir}`]),
  ];
  return { config, binDir, missing, isRead };
}

/** The last value counts; it follows in the same word or the next. */
function optionIn(option: string, args: readonly string[] | undefined): string | undefined {
  const at = args?.findLastIndex((arg) => arg === option || arg.startsWith(`${option}=`)) ?? -1;
  const arg = args?.[at];
  return arg === option ? args?.[at + 1] : arg?.slice(option.length + 1);
}

/**
 * What the kubelet is to ask us for.
 * @param named hosts; none: all of which the config says what pods get
 * @returns besides, what keeps pods from getting anything
 */
export async function ourProvider(
  named: readonly string[],
  { podsByHost, configPath, env }: KubeletPorts,
): Promise<{ readonly ours: OurProvider; readonly remarks: readonly Reason[] }> {
  const pods = await podsByHost();
  const hosts = named.length > 0 ? named : [...pods.keys()];
  if (hosts.length === 0) {
    throw new AppError({
      code: 'no-host-for-pods',
      message: `${configPath ?? 'The config'} does not say of any registry host what pods get of it`,
      fix: { do: 'Write `pods` below a host (docs/kubelet.md), or name hosts.' },
    });
  }
  const remarks = hosts
    .filter((host) => !pods.has(host))
    .map((host) => ({
      code: 'pods-not-allowed',
      why: `The config does not say what pods get of ${host}, so they get nothing`,
      fix: { do: `Write \`pods\` below ${host} in ${configPath ?? 'the config'} (docs/kubelet.md).` },
    }));
  const variables = {
    ...(configPath === null ? {} : { [CONFIG_VARIABLE]: configPath }),
    ...(env.KUBECONFIG === undefined || env.KUBECONFIG === '' ? {} : { KUBECONFIG: env.KUBECONFIG }),
    XDG_CACHE_HOME: env.XDG_CACHE_HOME?.startsWith('/') ? env.XDG_CACHE_HOME : CACHE,
  };
  return { ours: { hosts: new Map(hosts.map((host) => [host, pods.get(host)])), env: variables }, remarks };
}
