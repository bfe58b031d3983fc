/** Where a browser would be started. */
export interface BrowserPlace {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The process runs in a container. */
  readonly isContainer: boolean;
}

/**
 * The command that shows a URL in the person's browser. What `BROWSER` names goes before all else: editors that work on
 * remote machines set it to a program that opens the browser in front of the person.
 * @returns its words, or undefined where no browser would be seen: by SSH, in a container, without a display
 */
export function browserCommand(
  url: string,
  { platform, env, isContainer }: BrowserPlace,
): string[] | undefined {
  const chosen = env.BROWSER ?? '';
  if (/^[^\s:%]+$/.test(chosen) && platform !== 'win32') return [chosen, url];
  if (env.SSH_CONNECTION || env.SSH_TTY || isContainer) return undefined;
  if (platform === 'darwin') return ['open', url];
  // No shell and no cmd.exe, for which an `&` would end the command.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  if (env.WSL_DISTRO_NAME) return ['rundll32.exe', 'url.dll,FileProtocolHandler', url];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open', url] : undefined;
}
