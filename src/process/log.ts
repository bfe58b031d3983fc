import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { stateDirectory } from '../files/directories.ts';
import { appendToLog } from '../files/log-file.ts';
import { type LogLevel, logLevel } from '../hosts/cached-answer.ts';
import { once } from '../hosts/once.ts';
import { oneLine, type Reason, reasonOf } from '../hosts/reason.ts';
import { exit, place } from './this-process.ts';
import { VERSION } from './version.ts';

/** The longest that the end of the process waits for the log … */
const FLUSH_MS = 1000;
/** … and until when, from the start of the process: where an answer is late, the front ends it soon after. */
const FLUSHED_BY_MS = 4750;
/** In characters, of one field: names of contexts are shorter. */
const LONGEST_FIELD = 500;
/** What is looked at for it: a secret that is cut in two would not look like one. */
const LONGEST_READ = 5000;

/** What a line says besides: data, and no sentence of anybody's, which may hold whatever a plugin printed. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** This run's log. */
interface Log {
  readonly level: LogLevel;
  /** Names this run of the program in each of its lines. */
  readonly run: string;
  /** Ends when every line is written so far, or given up. */
  written: Promise<unknown>;
}

/** undefined: there is none, as nearly always. */
const thisLog = once((): (Log & { readonly state: string; readonly uid: number | undefined }) | undefined => {
  const { env, uid, ...here } = place();
  const level = logLevel(env);
  const state = level === 'off' ? null : stateDirectory({ env, uid, ...here });
  if (state === null) return undefined;
  return { level, run: randomBytes(4).toString('hex'), state, uid, written: Promise.resolve() };
});

/**
 * Notes an event in this user's log, if `DOCKER_CREDENTIAL_OPENSHIFT_LOG` asks for such. What looks like a secret is taken out of
 * every field here; what is one that does not look so must not be passed.
 * @param event what was done, in the past
 */
export function log(level: 'info' | 'debug', event: string, fields: LogFields): void {
  const to = thisLog();
  if (to === undefined || (level === 'debug' && to.level !== 'debug')) return;
  const line = logLine({ time: new Date().toISOString(), run: to.run, level, event, ...fields });
  to.written = to.written.then(() => appendToLog(to.state, line, to.uid));
}

/** What is wrong with what is asked for: it is off then, and nobody would know why. */
export function logFaults(): readonly Reason[] {
  const asked = place().env.DOCKER_CREDENTIAL_OPENSHIFT_LOG ?? '';
  if (['', 'off', 'info', 'debug'].includes(asked)) return [];
  // Not repeated: whoever mixes up variables writes a password or a token here.
  const why = 'DOCKER_CREDENTIAL_OPENSHIFT_LOG asks for a log of no known kind: nothing is logged';
  return [{ code: 'unknown-log-level', why, fix: { do: 'Set it to info or debug, or unset it.' } }];
}

/** @returns a line of the log, without what looks like a secret */
export function logLine(fields: LogFields): string {
  const shown = (text: string) => oneLine(text.slice(0, LONGEST_READ)).slice(0, LONGEST_FIELD);
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? shown(value) : Array.isArray(value) ? value.map(shown) : value,
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** The first line of a run. @param command a verb of the protocol or a command, and nothing else that was typed */
export function logStart(command: string): void {
  log('info', 'started', { command, version: VERSION, pid: process.pid });
}

/** Ends the process, once the log is written. One that hangs is not waited for. */
export function exitLogged(status: number): void {
  const to = thisLog();
  if (to === undefined) {
    exit(status);
    return;
  }
  log('info', 'ended', { status, ms: Math.round(performance.now()) });
  const leftMs = FLUSHED_BY_MS - performance.now();
  const waitMs = leftMs > 0 ? Math.min(leftMs, FLUSH_MS) : FLUSH_MS;
  void Promise.race([to.written, pause(waitMs)]).finally(() => exit(status));
}

/** Notes how an action ends, and how long it took. @param describe what comes of it, as data */
export async function logged<T>(
  event: string,
  fields: LogFields,
  action: () => Promise<T>,
  describe: (result: T) => LogFields,
): Promise<T> {
  const startedMs = performance.now();
  const tell = (more: LogFields): void =>
    log('info', event, { ...fields, ...more, ms: Math.round(performance.now() - startedMs) });
  try {
    const result = await action();
    tell(describe(result));
    return result;
  } catch (error) {
    tell({ outcome: reasonOf(error).code });
    throw error;
  }
}
