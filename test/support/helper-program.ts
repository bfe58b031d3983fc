import { execFile, spawn } from 'node:child_process';
import { closeSync, constants, existsSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { chmod, copyFile, link, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fairClock } from './fair-clock.ts';

const helperName = 'docker-credential-openshift';
const runAtMostMs = 60_000;

/** One of the forms in which the program is used. */
export interface HelperProgram {
  readonly name: 'compiled binary' | 'compiled binary without the front' | 'source under Node';
  /** Executable and leading arguments; the verb follows. */
  readonly command: readonly [string, ...string[]];
  /**
   * Puts an executable named docker-credential-openshift into the directory, for engines to find on PATH.
   * Resolves to its path.
   */
  install(directory: string): Promise<string>;
}

export interface RunHelperOptions {
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Default: the system's temporary directory. */
  readonly cwd?: string;
  /** What stdin is: a `pipe`, as container engines pass (default), or a `socket`, as Node programs do. */
  readonly stdin?: 'pipe' | 'socket';
}

/** Told of each run: what was printed there is followed up. */
type RunWatcher = (
  run: { readonly command: readonly string[]; readonly stdout: string; readonly stderr: string },
  options: RunHelperOptions,
) => void;

export const runWatchers: RunWatcher[] = [];

export interface HelperResult {
  /** `null`: ended by a signal, such as ours after 15 s. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the start until the program has ended and nobody holds its stdout: engines wait for both. See `fairClock`. */
  readonly elapsedMs: number;
}

const binary = fileURLToPath(new URL('../../dist/docker-credential-openshift', import.meta.url));
/** Below the directory of the native front: the program that it starts. There is none where no C compiler was. */
const behindFront = join('libexec', helperName, helperName);
const main = join(dirname(binary), behindFront);
const source = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export const compiledHelper: HelperProgram = {
  name: 'compiled binary',
  command: [binary],
  async install(directory) {
    const path = join(directory, helperName);
    await linkOrCopy(binary, path);
    if (hasFront) {
      mkdirSync(join(directory, dirname(behindFront)), { recursive: true });
      await linkOrCopy(main, join(directory, behindFront));
    }
    return path;
  },
};

/** Whether the compiled program has the native front before it. */
export const hasFront = existsSync(main);

/** What the front starts, alone: the compiled program where no front can be built. */
export const mainHelper: HelperProgram = {
  name: 'compiled binary without the front',
  command: [hasFront ? main : binary],
  async install(directory) {
    const path = join(directory, helperName);
    await linkOrCopy(mainHelper.command[0], path);
    return path;
  },
};

/** A hard link stays what it is when the program is built anew meanwhile, and needs no rights on dist/. */
async function linkOrCopy(file: string, path: string): Promise<void> {
  await link(file, path).catch((error: NodeJS.ErrnoException) => {
    // Another file system, or one whose owner may not link.
    if (error.code === 'EXDEV' || error.code === 'EPERM') return copyFile(file, path);
    throw error;
  });
}

/**
 * Where Node keeps what it compiled: it starts the source twice as fast then, which is what a busy machine needs to be
 * done before the program's deadlines.
 */
const compiled = fileURLToPath(new URL('../../node_modules/.cache/compiled-source', import.meta.url));

const nodeHelper: HelperProgram = {
  name: 'source under Node',
  command: ['/usr/bin/env', `NODE_COMPILE_CACHE=${compiled}`, process.execPath, source],
  async install(directory) {
    const path = join(directory, helperName);
    const words = nodeHelper.command.map((word) => `'${word}'`).join(' ');
    await writeFile(path, `#!/bin/sh\nexec ${words} "$@"\n`);
    await chmod(path, 0o755);
    return path;
  },
};

/** As npm packages have it; it starts faster than its source does. */
export const bundledHelper = {
  name: 'bundle for Node',
  command: [process.execPath, fileURLToPath(new URL('../../dist/node/main.js', import.meta.url))],
} as const;

export const isEveryFormWanted = process.env.HELPER_FORMS === 'all';

/**
 * The forms that the whole-program tests are run with: the compiled binary, which people install. With HELPER_FORMS=all
 * in the environment what is built where there is no C compiler, and the source under Node, are held to every one of them
 * as well.
 */
export const helperPrograms: readonly HelperProgram[] = isEveryFormWanted
  ? [compiledHelper, ...(hasFront ? [mainHelper] : []), nodeHelper]
  : [compiledHelper];

/**
 * Runs the program once, `input` (at most 64 KiB with a pipe) on its stdin, and kills it after 15 s. The test's
 * own servers go on meanwhile.
 */
export async function runHelper(
  program: Pick<HelperProgram, 'command'>,
  verb: string | readonly string[],
  input: string,
  options: RunHelperOptions,
): Promise<HelperResult> {
  const [executable, ...leading] = program.command;
  const args = [...leading, ...(typeof verb === 'string' ? [verb] : verb)];
  const pipe = options.stdin === 'socket' ? undefined : await filledPipe(input);
  try {
    const elapsed = fairClock();
    const child = spawn(executable, args, {
      env: options.env,
      cwd: options.cwd ?? tmpdir(),
      stdio: [pipe ?? 'pipe', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), runAtMostMs);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    // A program that answers without having read its stdin is no fault of the test's.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    try {
      const status = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      const elapsedMs = elapsed();
      for (const watch of runWatchers) watch({ command: program.command, ...output }, options);
      return { status, ...output, elapsedMs };
    } finally {
      clearTimeout(timer);
    }
  } finally {
    if (pipe !== undefined) closeSync(pipe);
  }
}

/** The reading end of a pipe that holds the text and then ends. Node's own 'pipe' is a socket. */
async function filledPipe(text: string): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'helper-stdin-'));
  const path = join(directory, 'pipe');
  try {
    await promisify(execFile)('mkfifo', [path]);
    // Opened both ways, a named pipe waits for no one at its other end; a text too long throws EAGAIN.
    const writer = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      writeSync(writer, text);
      return openSync(path, constants.O_RDONLY);
    } finally {
      closeSync(writer);
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}
