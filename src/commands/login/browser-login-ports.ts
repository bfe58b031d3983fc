import type { RenderedPage } from './page/render-page.ts';

/** Who logged in. */
export interface LoggedIn {
  readonly user: string;
  /** Ms since the epoch; null: it never ends; undefined: nobody tells. */
  readonly expiresAtMs: number | null | undefined;
}

/** An authorisation that was asked for. */
export interface BrowserAuthorization {
  /** What a browser is to visit; holds no secret. */
  readonly url: string;
  readonly state: string;
  /** Where a person finds a token to copy. */
  readonly tokenPage: string;
  /** @returns the token for the code in an answer. @throws AppError; `login-denied`: the person said no; `no-code` */
  exchange(answer: URLSearchParams): Promise<string>;
}

/** What a browser's answer is judged by. */
export interface CallbackHandlers {
  onCallback(query: URLSearchParams): Promise<{ page: RenderedPage; isOurs: boolean }>;
  refusalPage(): RenderedPage;
}

export interface BrowserLoginPorts {
  nowMs(): number;
  printError(line: string): void;
  /** Listens for the browser's return. @throws AppError if the port is taken */
  startCallbackServer(
    port: number,
    handlers: CallbackHandlers,
  ): Promise<{ readonly redirectUri: string; readonly port: number; close(lingerMs: number): Promise<void> }>;
  /** @throws AppError if the cluster has no such login */
  authorize(redirectUri: string): Promise<BrowserAuthorization>;
  /** @returns false where there is no browser that the person would see */
  openBrowser(url: string): Promise<boolean>;
  /** Calls for each line that is typed or pasted, unseen. @returns what ends that */
  readPasted(onLine: (line: string) => void): () => void;
  /** @returns what takes it back */
  after(ms: number, call: () => void): () => void;
  /** Aborted when the person stops the program. */
  readonly interrupted: AbortSignal;
  /** What another machine calls this one; undefined: nothing, since it is a container. */
  hostname(): string | undefined;
}
