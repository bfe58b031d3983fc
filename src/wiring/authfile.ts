import { isatty } from 'node:tty';
import { obtainLogin, runAuthfile } from '../commands/authfile/run-authfile.ts';
import { answerOfGet, runToken } from '../commands/token/run-token.ts';
import { inspectAuthFile, writeAuthFile } from '../engines/edits/auth-file.ts';
import { stateDirectory } from '../files/directories.ts';
import { writeOut } from '../files/hot-files.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { createSession } from '../session/session.ts';

/** How long one host may take: a job waits for it, and no engine. */
const HOST_MS = 20_000;

/** @returns the exit status */
export function authfile(args: string[]): Promise<number> {
  const here = place();
  return runAuthfile(args, {
    ...printer,
    nowMs: Date.now,
    inspect: (path, hosts) => inspectAuthFile(here, path, hosts),
    obtain: (host, wish) =>
      obtainLogin(host, wish, createSession(here, { withinMs: HOST_MS, eager: true, byHand: true })),
    write: (path, logins) => writeAuthFile(here, stateDirectory(here), path, logins),
  });
}

/** `token`. @returns the exit status */
export function token(args: string[]): Promise<number> {
  const session = createSession(place(), { withinMs: HOST_MS, byHand: true });
  return runToken(args, {
    ...printer,
    nowMs: Date.now,
    isShown: isatty(1),
    decide: (host) => answerOfGet(host, session),
    writeSecret: (text) => writeOut(1, `${text}\n`),
  });
}
