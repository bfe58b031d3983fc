import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { nothingLeftRunning } from '../renewal/left-behind.ts';
import { hasFront, type RunHelperOptions, runHelper } from '../support/helper-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const NAME = 'docker-credential-openshift';
/** FRONT: another build of it, such as one with sanitizers. */
const front = process.env.FRONT ?? fileURLToPath(new URL(`../../dist/${NAME}`, import.meta.url));

export const NOT_FOUND = 'credentials not found in native keychain\n';
export const CREDENTIAL = '{"ServerURL":"r.example.com","Username":"u","Secret":"s"}\n';

/** A test of the front; where none was built its name says so. */
export function testOfFront(name: string, run: (t: TestContext) => Promise<void>): void {
  const why = ' (left out: it takes Linux and a C compiler)';
  test(hasFront ? name : name + why, { skip: !hasFront }, run);
}

/** The front with another program in the main program's place. */
export interface Place {
  readonly directory: string;
  /** The front. */
  readonly front: string;
  /** Where the front looks for the main program. */
  readonly main: string;
  /** Of what is started there; its HOME is the directory, by which what is left running is found. */
  readonly env: Readonly<Record<string, string>>;
  run(
    verb: string | readonly string[],
    input: string,
    options?: Partial<RunHelperOptions>,
  ): ReturnType<typeof runHelper>;
}

/** @param script of a shell, in the main program's place; undefined: there is none */
export function placeWith(t: TestContext, script: string | undefined): Place {
  let directory = '';
  // Registered before the directory's removal is: `after` hooks run in order.
  t.after(() => nothingLeftRunning(directory));
  directory = temporaryDirectory(t);
  const main = join(directory, 'libexec', NAME, NAME);
  mkdirSync(join(directory, 'libexec', NAME), { recursive: true });
  copyFileSync(front, join(directory, NAME));
  const env = { HOME: directory, PATH: '/usr/bin:/bin' };
  const place: Place = {
    directory,
    front: join(directory, NAME),
    main,
    env,
    run: (verb, input, options = {}) =>
      runHelper({ command: [join(directory, NAME)] }, verb, input, { cwd: directory, env, ...options }),
  };
  if (script !== undefined) writeProgram(main, `#!/bin/sh\n${script}\n`);
  return place;
}

/** Writes an executable file. */
export function writeProgram(path: string, content: string | Uint8Array): void {
  writeFileSync(path, content);
  chmodSync(path, 0o755);
}
