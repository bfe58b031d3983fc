import { durationInWords } from '../../hosts/clock.ts';
import { AppError, describeError } from '../../hosts/reason.ts';
import type { LoginMethod } from './arguments.ts';
import { browserInstructions } from './open-browser.ts';
import { renderPage } from './page.ts';
import { type PastedLogin, readPastedLogin, whyNotSent } from './pasted.ts';
import {
  type BrowserAuthorization,
  type CallbackHandlers,
  interruption,
  type LoggedIn,
  type LoginCluster,
  type LoginPorts,
  unlessInterrupted,
} from './ports.ts';

type Browsing = Pick<LoginCluster, 'authorize'> &
  Pick<
    LoginPorts,
    | 'nowMs'
    | 'printError'
    | 'startCallbackServer'
    | 'openBrowser'
    | 'readPasted'
    | 'after'
    | 'interrupted'
    | 'hostname'
  >;

/** How long the browser has to fetch the page that says how it went. */
const LINGER_MS = 2000;

/** A pasted token that is of no use leaves the login waiting: the next one may be. */
const USELESS_TOKENS: readonly string[] = ['token-refused', 'scope-without-images'];

/**
 * Logs in by a browser, or by what a person pastes in its place. The first answer that has the login's `state` and a code
 * counts, once; all others change nothing.
 * @param cluster how it is called
 * @param server the API server, normalised
 * @param finish keeps a token; its outcome is this function's
 * @throws AppError `interrupted`, `login-timeout`, `login-denied`, or what went wrong
 */
export async function browserLogin<Outcome extends LoggedIn>(
  { port, timeoutMs, opensBrowser }: Extract<LoginMethod, { kind: 'browser' }>,
  { cluster, server }: { readonly cluster: string; readonly server: string },
  finish: (token: string) => Promise<Outcome>,
  ports: Browsing,
): Promise<Outcome> {
  let isOver = false;
  let settle: { end(outcome: Outcome): void; fail(error: unknown): void } | undefined;
  const ending = new Promise<Outcome>((end, fail) => {
    settle = { end, fail };
  });
  // It may fail before anybody waits for it.
  ending.catch(() => {});
  const end = (outcome: Outcome): void => {
    isOver = true;
    settle?.end(outcome);
  };
  const fail = (error: unknown): void => {
    isOver = true;
    settle?.fail(error);
  };
  const answers = createAnswersInTurn(() => fail(tooLate(timeoutMs)));
  let authorization: BrowserAuthorization | undefined;
  /** A code was given, and may be used once: whoever gives it again is told so without waiting. */
  let isAnswered = false;

  const onCallback: CallbackHandlers['onCallback'] = async (query) => {
    const asked = authorization;
    if (asked === undefined || query.get('state') !== asked.state) return notOurs();
    if (isAnswered || isOver || answers.isLate()) return ours({ kind: 'expired', cluster });
    isAnswered = true;
    return answers.take(() => answer(asked, query));
  };

  const answer = async (asked: BrowserAuthorization, query: URLSearchParams): Promise<Shown> => {
    // A token that was pasted before has logged in meanwhile.
    if (isOver) return ours({ kind: 'expired', cluster });
    try {
      const outcome = await finish(await asked.exchange(query));
      end(outcome);
      const { user, expiresAtMs } = outcome;
      return ours({ kind: 'success', cluster, user, expiresAtMs, nowMs: ports.nowMs() });
    } catch (error) {
      // Nothing was used up by it: the right answer may still come.
      if (error instanceof AppError && error.code === 'no-code') {
        isAnswered = false;
        ports.printError(describeError(error));
        return notOurs();
      }
      // Told in the terminal, where the login ends by it; the page tells of it, too.
      fail(error);
      return ours(pageOfError(error, cluster));
    }
  };

  const onLine = (line: string): void => {
    if (!answers.isLate()) take(readPastedLogin(line)).catch(fail);
  };
  const take = async (pasted: PastedLogin): Promise<void> => {
    if (pasted.kind === 'empty') return;
    if (pasted.kind === 'answer') {
      const isMeant = pasted.query.get('state') === authorization?.state;
      if (isMeant) await onCallback(pasted.query);
      else ports.printError('That address answers another login: its state is not the one of this.');
    } else if (pasted.kind === 'unknown') {
      ports.printError('That is no address of /callback, no `oc login` command with a token, and no token.');
    } else {
      const reason = whyNotSent(pasted, server);
      if (reason === undefined) await answers.take(() => takeToken(pasted.token));
      else ports.printError(`${reason}.`);
    }
  };
  const takeToken = async (token: string): Promise<void> => {
    if (isOver) return;
    try {
      end(await finish(token));
    } catch (error) {
      // One that was cut short in pasting, say: the login goes on waiting. What can't be kept ends it.
      if (!(error instanceof AppError) || !USELESS_TOKENS.includes(error.code)) throw error;
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
    authorization = await unlessInterrupted(ports.authorize(listening.redirectUri), ports);
    stops.push(ports.after(timeoutMs, answers.runOut));
    const isOpen = opensBrowser && (await ports.openBrowser(authorization.url));
    // From before anything is told, so that nothing is shown that is pasted at once.
    stops.push(ports.readPasted(onLine));
    const { redirectUri, port: listened } = listening;
    const { url, tokenPage } = authorization;
    const hostname = ports.hostname();
    const waiting = { cluster, isOpen, timeoutMs, port: listened, redirectUri, url, tokenPage, hostname };
    for (const instruction of browserInstructions(waiting)) ports.printError(instruction);
    return await ending;
  } finally {
    for (const stop of stops) stop();
    ports.interrupted.removeEventListener('abort', onInterrupt);
    await listening.close(ports.interrupted.aborted ? 0 : LINGER_MS);
  }
}

/** A page, and whether it came of this login. */
type Shown = Awaited<ReturnType<CallbackHandlers['onCallback']>>;

function ours(page: Parameters<typeof renderPage>[0]): Shown {
  return { page: renderPage(page), isOurs: true };
}

function notOurs(): Shown {
  return { page: renderPage({ kind: 'refused' }), isOurs: false };
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
    fix: { do: 'Log in again; --timeout SECONDS gives more time.' },
  });
}

/** Answers to a login: what the browser came back with, and what a person pastes. */
export interface AnswersInTurn {
  /** Judges an answer after those before it. @returns what came of it */
  take<T>(judge: () => Promise<T>): Promise<T>;
  /** The time has run out: no more answers, but those that came in time are carried to their end. */
  runOut(): void;
  isLate(): boolean;
}

/**
 * Takes answers one after another, so that a token that is refused stands in the way of no code.
 * @param onLate called once the time has run out and no answer is left that came before
 */
function createAnswersInTurn(onLate: () => void): AnswersInTurn {
  let isLate = false;
  let left = 0;
  let last: Promise<unknown> = Promise.resolve();
  const finish = (): void => {
    left--;
    if (isLate && left === 0) onLate();
  };
  return {
    take: (judge) => {
      left++;
      const judged = last.then(judge);
      // Whoever gave the answer hears of its failure; the next one has its turn all the same.
      last = judged.then(finish, finish);
      return judged;
    },
    runOut: () => {
      isLate = true;
      if (left === 0) onLate();
    },
    isLate: () => isLate,
  };
}
