import assert from 'node:assert/strict';
import { AppError, describeError } from '../../src/hosts/reason.ts';
import type { Random } from './random.ts';

/** Something that reads what others wrote. */
export interface Target {
  readonly name: string;
  /** Texts as they are meant to be. */
  readonly seeds: readonly string[];
  /** What means something in them. */
  readonly words: readonly string[];
  /** It takes milliseconds for each text: then it gets a part of the cases that others get. */
  readonly isSlow?: true;
  /** Has a text read. @throws whatever is wrong with that */
  run(text: string, random: Random): void | Promise<void>;
}

/** A token, of the form that is blacked out wherever it stands. */
const TOKEN_BODY = 'CanaryOfAToken-CanaryOfAToken_CanaryOfAToke';
export const TOKEN = `sha256~${TOKEN_BODY}`;
/** It has no form: nobody can tell it from a name, and so no text of the field that it stands in is to be repeated. */
export const PASSWORD = 'canary-pass-7291';
/** As `auth` of an engine's file has it. */
export const AUTH = Buffer.from(`alice:${PASSWORD}`).toString('base64');

/** In the field that it is for, a password is known to be one. */
const IN_PASSWORD = /(?:"(?:password|Secret)"\s*:\s*"|\bpassword: )$/;
const IN_AUTH = /"auth"\s*:\s*"$/;

/**
 * Holds a sentence for people to it that no secret of the text that it is about is in it. What a change made of a secret is
 * none any more: a token is one with its prefix, a password in its field.
 */
export function tellsNoSecret(said: string, text: string): void {
  const isTold = (secret: string, before: RegExp): boolean => {
    if (!said.includes(secret)) return false;
    const places = text.split(secret).slice(0, -1);
    return places.length > 0 && places.every((place) => before.test(place.slice(-40)));
  };
  assert.ok(!isTold(TOKEN_BODY, /sha256~$/), 'a token is told');
  assert.ok(!isTold(PASSWORD, IN_PASSWORD), 'a password is told');
  assert.ok(!isTold(AUTH, IN_AUTH), 'a login is told');
}

/**
 * Has a text read that may be refused.
 * @param read may throw an AppError, which tells no secret of the text
 * @returns what was read; undefined: it was refused
 */
export function readOrRefused<T>(text: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    mustBeRefusal(error, text);
    return undefined;
  }
}

/** The same of what takes its time. */
export async function awaitedOrRefused<T>(text: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    mustBeRefusal(error, text);
    return undefined;
  }
}

function mustBeRefusal(error: unknown, text: string): void {
  if (!(error instanceof AppError)) throw error;
  tellsNoSecret(describeError(error), text);
  assert.match(error.code, /^[a-z0-9-]+$/);
}

/** A value as JSON has it: what stands for nothing is left out, and each part has its own copy. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
