import { durationInWords } from '../../hosts/duration-in-words.ts';

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
