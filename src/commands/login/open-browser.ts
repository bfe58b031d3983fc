import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { durationInWords } from '../../hosts/clock.ts';

/** Where a browser would be started. */
export interface BrowserPlace {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The process runs in a container. */
  readonly isContainer: boolean;
  isFile(path: string): boolean;
}

/**
 * The commands that show a URL in the person's browser, to be tried in this order. What `BROWSER` names goes before all
 * else: editors that work on remote machines set it to a program that opens the browser in front of the person.
 * @returns the words of each; none where no browser would be seen: by SSH, in a container, without a display
 */
export function browserCommands(url: string, place: BrowserPlace): string[][] {
  const { platform, env, isContainer } = place;
  const chosen = platform === 'win32' ? [] : chosenBrowsers(env.BROWSER ?? '', url, place);
  if (chosen.length > 0) return chosen;
  if (env.SSH_CONNECTION || env.SSH_TTY || isContainer) return [];
  if (platform === 'darwin') return [['open', url]];
  // No shell and no cmd.exe, for which an `&` would end the command.
  if (platform === 'win32') return [['rundll32', 'url.dll,FileProtocolHandler', url]];
  if (env.WSL_DISTRO_NAME) return [['rundll32.exe', 'url.dll,FileProtocolHandler', url]];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? [['xdg-open', url]] : [];
}

/**
 * Reads `BROWSER` as xdg-open and Python's webbrowser do: programs separated by colons, each with words of its own, of
 * which `%s` is the URL; without one the URL is the last word. A path with spaces is one word if such a file is there.
 */
function chosenBrowsers(text: string, url: string, { isFile }: Pick<BrowserPlace, 'isFile'>): string[][] {
  return text.split(':').flatMap((entry) => {
    const command = entry.trim();
    if (command === '') return [];
    if (isFile(command)) return [[command, url]];
    const words = shellWords(command).filter((word, index, all) => word !== '&' || index < all.length - 1);
    if (words.length === 0) return [];
    const filled = words.map((word) => word.replaceAll('%s', () => url));
    return [words.some((word) => word.includes('%s')) ? filled : [...filled, url]];
  });
}

/** @returns the words of a command line as a POSIX shell takes it apart, which expands nothing here */
function shellWords(text: string): string[] {
  const words = text.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g,
      (_, single?: string, double?: string, escaped?: string) =>
        single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? '',
    ),
  );
}

export interface WaitingLogin {
  readonly cluster: string;
  /** A browser was opened. */
  readonly isOpen: boolean;
  readonly timeoutMs: number;
  /** Where the browser comes back to: its port, and the whole of it, `http://127.0.0.1:PORT/…` or `http://[::1]:PORT/…`. */
  readonly port: number;
  readonly redirectUri: string;
  /** What the browser is to visit. */
  readonly url: string;
  /** Where a person finds a token to copy. */
  readonly tokenPage: string;
  /** What another machine calls this one; undefined: nothing (a container). */
  readonly hostname: string | undefined;
}

/** @returns what to do, for whoever sits before the browser, or far away from this machine */
export function browserInstructions(waiting: WaitingLogin): readonly string[] {
  const { cluster, isOpen, timeoutMs, port, redirectUri, url, tokenPage, hostname } = waiting;
  const lines = isOpen
    ? [
        `Log in to ${cluster} in the browser that opens. If none does, visit:`,
        `  ${url}`,
        `A token, or the command from ${tokenPage}, may be pasted here instead; it is not shown.`,
      ]
    : [
        `Log in to ${cluster} in a browser, at:`,
        `  ${url}`,
        'If that browser runs on another machine, do one of these (what is pasted here is not shown):',
        ...forwarding(hostname, port, redirectUri),
        `  - after you have logged in, paste the address that it ends at: ${redirectUri}?…`,
        `  - paste a token, or the oc login command, from ${tokenPage}`,
      ];
  return [...lines, `Waiting for ${durationInWords(timeoutMs)} at the longest; Ctrl-C stops.`];
}

/** The port that listens, brought to the machine that the browser runs on. A container has no name there. */
function forwarding(hostname: string | undefined, port: number, redirectUri: string): readonly string[] {
  if (hostname === undefined) return [];
  return [`  - before you log in, run there: ssh -L ${port}:${new URL(redirectUri).host} ${hostname}`];
}

/** Starts a program that holds no secret of ours. */
type StartOther = (start: () => ChildProcess) => ChildProcess;

/** A program that can't find a browser says so by then. */
const SETTLED_MS = 700;

/**
 * Opens a person's browser: the first that starts.
 * @param startOther starts a program that holds no secret of ours
 * @returns false where there is none that the person would see
 */
export async function openBrowser(
  url: string,
  { platform, env }: Pick<BrowserPlace, 'platform' | 'env'>,
  startOther: StartOther,
): Promise<boolean> {
  const isContainer = isInContainer({ platform, env });
  const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  for (const command of browserCommands(url, { platform, env, isContainer, isFile })) {
    if (await start(command, startOther)) return true;
  }
  return false;
}

/** Whether the process runs in a container: podman and docker leave a file there, systemd's own names it to all. */
export function isInContainer({ platform, env }: Pick<BrowserPlace, 'platform' | 'env'>): boolean {
  if (platform !== 'linux') return false;
  return env.container !== undefined || ['/.dockerenv', '/run/.containerenv'].some(existsSync);
}

function start([command = '', ...args]: readonly string[], startOther: StartOther): Promise<boolean> {
  return new Promise((resolve) => {
    const child = startOther(() =>
      spawn(command, args, { detached: true, stdio: 'ignore', windowsHide: true }),
    );
    const settled = setTimeout(() => resolve(true), SETTLED_MS);
    const settle = (isOpen: boolean): void => {
      clearTimeout(settled);
      resolve(isOpen);
    };
    child.once('error', () => settle(false));
    child.once('exit', (status) => settle(status === 0));
    child.unref();
  });
}
