import { noAnswer, type Reply } from './send-request.ts';

/** What is waited for after a 429 that does not say: what kube-apiserver's priority and fairness says (seen in 1.28). */
const UNSAID_MS = 1000;
/** Nobody is left alone for longer: whoever asks for a day may have meant another, or a clock may be wrong. */
const LONGEST_MS = 5 * 60_000;

/**
 * How long a server asks to be left alone: by 429 (RFC 6585, section 4), or 503 with `Retry-After` (RFC 9110, section 10.2.3),
 * in seconds or as a date, which is told by the server's own clock.
 * @param nowMs this machine's clock, where the server told no time
 * @returns ms, from a second to five minutes; undefined: it does not
 */
export function pauseMs(
  { status, headers, dateMs = undefined }: Pick<Reply, 'status' | 'headers'> & Partial<Pick<Reply, 'dateMs'>>,
  nowMs: number,
): number | undefined {
  const said = headers?.['retry-after']?.trim() ?? '';
  if (status !== 429 && !(status === 503 && said !== '')) return undefined;
  const askedMs = /^\d+$/.test(said) ? Number(said) * 1000 : dateOf(said) - (dateMs ?? nowMs);
  if (Number.isNaN(askedMs)) return UNSAID_MS;
  return Math.min(LONGEST_MS, Math.max(UNSAID_MS, askedMs));
}

/** One of the three forms of HTTP's dates (RFC 9110, section 5.6.7); asctime's does not say that it is in UTC. */
function dateOf(text: string): number {
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
}

/** What an API server answered that says nothing of what it was asked; or why it gave no answer. */
export function failureInWords(reply: Reply): string {
  return reply.status === 0 ? reply.detail : `the API server ${answerInWords(reply)}`;
}

/**
 * What a server did, as it follows its name: `answered 500`; with the time until which it asks to be left alone.
 * @param to what it was asked, where that is told
 */
export function answerInWords(
  { status, pausedUntilMs }: { readonly status: number; readonly pausedUntilMs?: number | undefined },
  to = '',
): string {
  if (pausedUntilMs === undefined) return `answered ${status}${to}`;
  const what = status === 429 ? 'has too many requests' : 'can serve nobody just now';
  // The whole second after: whoever comes at the time that is told is not too early.
  const time = new Date(Math.ceil(pausedUntilMs / 1000) * 1000).toISOString().slice(11, 19);
  return `${what} (${status}), and asks to be left alone until ${time} UTC`;
}

/** A time until which a server is to be left alone. */
interface Pause {
  /** By this machine's clock, in ms since the epoch. */
  readonly pausedUntilMs: number;
  /** By which status it asked for it. */
  readonly status: number;
}

/** What is remembered of servers that asked to be left alone, across processes. */
export interface Pauses {
  /** @returns undefined: it did not ask for it, or that time is over */
  pauseOf(way: string): Pause | undefined;
  /** Lets other processes know at once. */
  pause(way: string, pause: Pause): Promise<void>;
}

/** How often a request is sent at the most, where its server asks for a short pause in between. */
const MOST_TRIES = 2;
/** What must be left of the time to wait for that: it still has to be answered. */
const LEAST_ANSWER_MS = 500;

/** What a server is left alone by that asks for it. */
export interface Heeding {
  readonly reachability: Pauses;
  readonly longestWaitMs: number;
  nowMs(): number;
  waitMs(ms: number): Promise<void>;
  /** What is left of the time for the answer. */
  remainingMs(): number;
}

/**
 * Sends a request to a server unless that asked to be left alone. A short pause is waited for; after a long one the answer is
 * the one that asked for it.
 */
export async function sendHeedingPauses(
  way: string,
  send: () => Promise<Reply>,
  ports: Heeding,
): Promise<Reply> {
  const { reachability, longestWaitMs, nowMs } = ports;
  for (let tries = 0; ; ) {
    const before = reachability.pauseOf(way);
    let reply: Reply;
    if (before !== undefined) reply = { ...noAnswer(''), ...before };
    else {
      reply = await send();
      tries += 1;
      const askedMs = pauseMs(reply, nowMs());
      if (askedMs === undefined) return reply;
      const pause = { pausedUntilMs: nowMs() + askedMs, status: reply.status };
      await reachability.pause(way, pause);
      reply = { ...reply, ...pause };
    }
    const waitMs = (reply.pausedUntilMs ?? 0) - nowMs();
    const isShort = waitMs <= longestWaitMs && waitMs + LEAST_ANSWER_MS <= ports.remainingMs();
    if (tries >= MOST_TRIES || !isShort) return reply;
    await ports.waitMs(Math.max(0, waitMs));
  }
}
