import { AppError, describeError } from '../../credential/app-error.ts';
import { durationInWords } from '../../credential/duration-in-words.ts';
import type { LoginMethod } from './login-arguments.ts';
import { type RenderedPage, renderPage } from './page/render-page.ts';
import { type PastedLogin, readPastedLogin } from './pasted-login.ts';
import { interruption } from './unless-interrupted.ts';

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
  /** @returns the token for the code in an answer. @throws AppError; `login-denied` if the person said no */
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
  /** How this machine is called. */
  hostname(): string;
}

/** How long the browser has to fetch the page that says how it went. */
const LINGER_MS = 2000;

/**
 * Logs in by a browser, or by what a person pastes in its place. The first answer that has the login's `state` counts,
 * once; all others change nothing.
 * @param cluster how it is called
 * @param server the API server, normalised
 * @param finish keeps a token; its outcome is this function's
 * @throws AppError `interrupted`, `login-timeout`, `login-denied`, or what went wrong
 */
export async function browserLogin<Outcome extends LoggedIn>(
  { port, timeoutMs, opensBrowser }: Extract<LoginMethod, { kind: 'browser' }>,
  { cluster, server }: { readonly cluster: string; readonly server: string },
  finish: (token: string) => Promise<Outcome>,
  ports: BrowserLoginPorts,
): Promise<Outcome> {
  let end: (outcome: Outcome) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const ending = new Promise<Outcome>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  // It may fail before anybody waits for it.
  ending.catch(() => {});
  let authorization: BrowserAuthorization | undefined;
  let isUsed = false;

  const onCallback: CallbackHandlers['onCallback'] = async (query) => {
    if (authorization === undefined || query.get('state') !== authorization.state) {
      return { page: renderPage({ kind: 'refused' }), isOurs: false };
    }
    if (isUsed) return { page: renderPage({ kind: 'expired', cluster }), isOurs: true };
    isUsed = true;
    return { page: await answer(authorization, query), isOurs: true };
  };

  const answer = async (asked: BrowserAuthorization, query: URLSearchParams): Promise<RenderedPage> => {
    try {
      const outcome = await finish(await asked.exchange(query));
      end(outcome);
      const { user, expiresAtMs } = outcome;
      return renderPage({ kind: 'success', cluster, user, expiresAtMs, nowMs: ports.nowMs() });
    } catch (error) {
      // Told in the terminal, where the login ends by it; the page tells of it, too.
      fail(error);
      return renderPage(pageOfError(error, cluster));
    }
  };

  let taking: Promise<void> = Promise.resolve();
  const onLine = (line: string): void => {
    // One after another: a token that is refused leaves the login to the next line.
    taking = taking.then(() => take(readPastedLogin(line))).catch(fail);
  };
  const take = async (pasted: PastedLogin): Promise<void> => {
    if (pasted.kind === 'empty') return;
    if (pasted.kind === 'answer') {
      const { isOurs } = await onCallback(pasted.query);
      if (!isOurs) ports.printError('That address answers another login: its state is not the one of this.');
    } else if (pasted.kind === 'unknown') {
      ports.printError('That is no address of /callback, no `oc login` command with a token, and no token.');
    } else if (pasted.server !== undefined && pasted.server !== server) {
      ports.printError(`That token is for another cluster than ${server}: it was sent nowhere.`);
    } else if (!isUsed) {
      isUsed = true;
      await takeToken(pasted.token);
    }
  };
  const takeToken = async (token: string): Promise<void> => {
    try {
      end(await finish(token));
    } catch (error) {
      // A token that was cut short in pasting, say: the login goes on waiting. What can't be kept ends it.
      if (!(error instanceof AppError) || error.code !== 'token-refused') throw error;
      isUsed = false;
      ports.printError(describeError(error));
    }
  };

  const listening = await ports.startCallbackServer(port, {
    onCallback,
    refusalPage: () => renderPage({ kind: 'refused' }),
  });
  const stops: (() => void)[] = [];
  const onInterrupt = (): void => fail(interruption());
  try {
    if (ports.interrupted.aborted) onInterrupt();
    ports.interrupted.addEventListener('abort', onInterrupt);
    authorization = await ports.authorize(listening.redirectUri);
    stops.push(
      ports.after(timeoutMs, () => {
        // An answer that came in time is carried to its end.
        if (!isUsed) fail(tooLate(timeoutMs));
      }),
    );
    const isOpen = opensBrowser && (await ports.openBrowser(authorization.url));
    // From before anything is told, so that nothing is shown that is pasted at once.
    stops.push(ports.readPasted(onLine));
    tellWhatToDo({ cluster, isOpen, timeoutMs, listening, authorization }, ports);
    return await ending;
  } finally {
    for (const stop of stops) stop();
    ports.interrupted.removeEventListener('abort', onInterrupt);
    await listening.close(ports.interrupted.aborted ? 0 : LINGER_MS);
  }
}

function pageOfError(error: unknown, cluster: string): Parameters<typeof renderPage>[0] {
  const code = error instanceof AppError ? error.code : '';
  if (code === 'login-denied') return { kind: 'cancelled', cluster };
  if (code === 'code-refused') return { kind: 'expired', cluster };
  return { kind: 'error', cluster, reason: `${describeError(error)}.`.replace(/\.\.$/, '.') };
}

function tooLate(timeoutMs: number): AppError {
  return new AppError({
    code: 'login-timeout',
    message: `Nobody logged in within ${durationInWords(timeoutMs)}: nothing was changed`,
    hint: 'Log in again; --timeout SECONDS gives more time.',
  });
}

interface Situation {
  readonly cluster: string;
  readonly isOpen: boolean;
  readonly timeoutMs: number;
  readonly listening: { readonly port: number; readonly redirectUri: string };
  readonly authorization: BrowserAuthorization;
}

function tellWhatToDo(situation: Situation, ports: BrowserLoginPorts): void {
  const { cluster, isOpen, timeoutMs, authorization } = situation;
  const { port, redirectUri } = situation.listening;
  const { url, tokenPage } = authorization;
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
        `  - before you log in, run there: ssh -L ${port}:127.0.0.1:${port} ${ports.hostname()}`,
        `  - after you have logged in, paste the address that it ends at: ${redirectUri}?…`,
        `  - paste a token, or the oc login command, from ${tokenPage}`,
      ];
  for (const line of lines) ports.printError(line);
  ports.printError(`Waiting for ${durationInWords(timeoutMs)} at the longest; Ctrl-C stops.`);
}
