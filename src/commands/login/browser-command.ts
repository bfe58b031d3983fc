import { shellWords } from './shell-words.ts';

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
