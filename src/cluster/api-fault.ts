import { loginCommand } from '../hosts/login-command.ts';
import { AppError } from '../hosts/reason.ts';
import { parseObject, textIn } from './reply-fields.ts';
import { answerInWords } from './retry-after.ts';

/** An answer of the API server; `status` 0: there was none, and `detail` says why; `pausedUntilMs`: see `Reply`. */
export interface ApiReply {
  readonly status: number;
  readonly body: string;
  readonly detail: string;
  readonly pausedUntilMs?: number;
}

/** Of the API server's own words, in characters. */
const LONGEST_WORDS = 300;

/**
 * What an answer that nobody can go on with is told as.
 * @param what the thing that was asked for, or that it could not be had: what stands before a colon
 */
export function apiFault(what: string, reply: ApiReply, server: string): AppError {
  const { status, body, detail } = reply;
  if (status === 0) {
    return new AppError({
      code: 'api-unreachable',
      message: `${what}: ${server} can't be reached (${detail})`,
    });
  }
  if (status === 401) {
    return new AppError({
      code: 'token-refused',
      message: `${server} refuses your login: it expired or was revoked`,
      fix: { run: loginCommand(server) },
    });
  }
  const words = textIn(parseObject(body), 'message')?.slice(0, LONGEST_WORDS) ?? detail;
  return new AppError({
    code: 'unexpected-answer',
    message: `${what}: ${server} ${answerInWords(reply)}${words === '' ? '' : ` (${words})`}`,
  });
}
