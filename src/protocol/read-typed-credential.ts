import { visit } from 'jsonc-parser';
import { AppError } from '../hosts/reason.ts';
import type { TypedCredential } from '../hosts/store-and-erase.ts';
import { normaliseLoginKey } from '../registry/registry-host.ts';
import { NO_SERVER_URL, NO_USERNAME } from './serve-get.ts';

/** In bytes: room for a secret of 1 MB, more than any registry takes. */
export const LONGEST_STORE = 1024 * 1024 + 4096;

/** In bytes. Names of robots and service accounts take up to 200; `list` and `status` print them whole. */
const LONGEST_USERNAME = 1024;
/** Line and paragraph separators, and what turns the direction of the text around it: a table or a sentence with one lies. */
const MISLEADING = /[\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

const TOO_LARGE = 'the credential is larger than 1 MB';
const NO_OBJECT = 'stdin holds no JSON object with ServerURL, Username and Secret';

/**
 * Decodes what an engine writes to `store`.
 * @param bytes in latin1
 * @throws AppError `bad-credential`: they are no UTF-8, and what is meant by them would be kept as something else
 */
export function typedText(bytes: string): string {
  // It may be cut in the middle of a character.
  if (bytes.length >= LONGEST_STORE) throw refused(TOO_LARGE);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw refused('the credential is not in UTF-8');
  }
}

/**
 * Reads what an engine writes to `store`.
 * @throws AppError `no-server-url`, `no-username`, `bad-credential`: what is wrong with it, without a word of it
 */
export function readTypedCredential(text: string): TypedCredential {
  if (Buffer.byteLength(text) >= LONGEST_STORE) throw refused(TOO_LARGE);
  const { ServerURL: url, Username: username, Secret: secret } = fieldsOf(text);
  if (typeof url !== 'string' || url === '')
    throw new AppError({ code: 'no-server-url', message: NO_SERVER_URL });
  if (typeof username !== 'string' || username === '')
    throw new AppError({ code: 'no-username', message: NO_USERNAME });
  if (typeof secret !== 'string' || secret === '') throw refused('no credentials secret');
  const host = normaliseLoginKey(url);
  if (host === null || /\p{Cc}|\p{Cs}/u.test(url)) {
    throw refused(`${JSON.stringify(url.slice(0, 80))} is not a registry host`);
  }
  if (/\p{Cc}/u.test(username))
    throw refused('the user name holds a line feed, a NUL or another control character');
  if (Buffer.byteLength(username) > LONGEST_USERNAME) throw refused('the user name is longer than 1 KB');
  if (MISLEADING.test(username))
    throw refused('the user name holds a line separator, or a character that turns the direction of text');
  // UTF-8 has no spelling for half of a pair: it would be kept as something else.
  if (/\p{Cs}/u.test(username + secret))
    throw refused('the user name or the secret is not valid Unicode text');
  return { host, serverUrl: url.trim(), username, secret };
}

function fieldsOf(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // JSON.parse quotes its input, which holds the secret: its message is dropped.
    throw refused(NO_OBJECT);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused(NO_OBJECT);
  const twice = repeatedKeyIn(text);
  if (twice !== undefined) throw refused(`${JSON.stringify(twice.slice(0, 80))} is there twice`);
  return value as Record<string, unknown>;
}

function repeatedKeyIn(text: string): string | undefined {
  try {
    return firstRepeatedKey(text);
  } catch (error) {
    // The parser calls itself for each level, until there is no room left.
    if (!(error instanceof RangeError)) throw error;
    throw refused('the JSON on stdin is nested too deeply');
  }
}

/** Of two that say different things nobody knows which one is meant. */
function firstRepeatedKey(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  let repeated: string | undefined;
  visit(text, {
    onObjectBegin: () => {
      depth += 1;
    },
    onObjectEnd: () => {
      depth -= 1;
    },
    onObjectProperty: (name) => {
      if (depth !== 1) return;
      if (seen.has(name)) repeated ??= name;
      seen.add(name);
    },
  });
  return repeated;
}

function refused(message: string): AppError {
  return new AppError({ code: 'bad-credential', message });
}
