// Not by `import`: that makes the compiled binary fill in all of the module's exports first, 0.1 ms of 4.
const { closeSync, constants, fstatSync, openSync, readSync, statSync, writeSync } =
  process.getBuiltinModule('node:fs');

/** Without O_NONBLOCK, opening a FIFO that nobody writes to would hang for ever. Windows has no such flag. */
const READ_ONLY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Elsewhere /proc is a path like others, which on Windows any user may make: what lies there is no word of the system. */
const hasProc = process.platform === 'linux';

/**
 * A file's identity and state, to notice that it was changed or replaced.
 * @returns one string, or null if there is no such file or it can't be looked at
 */
export function stampOf(path: string): string | null {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? null : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
  } catch {
    // Out of reach is as good as absent: it can't have been read either.
    return null;
  }
}

/**
 * Reads a small private file of ours.
 * @param path absolute
 * @param uid the owner that it must have; undefined: not asked (Windows)
 * @param limit the most bytes that it may have
 * @returns its text; null if there is none, or if it is anything but a regular file of this owner that
 *   nobody else may read or write
 */
export function readPrivateFile(path: string, uid: number | undefined, limit: number): string | null {
  let fd: number;
  try {
    fd = openSync(path, READ_ONLY | (constants.O_NOFOLLOW ?? 0));
  } catch {
    // Absent, a link or out of reach: nothing is cached.
    return null;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.size > limit) return null;
    if (uid !== undefined && (stat.uid !== uid || (stat.mode & 0o077) !== 0)) return null;
    const bytes = Buffer.allocUnsafe(stat.size);
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, stat.size, 0));
  } finally {
    closeSync(fd);
  }
}

/**
 * What stdin holds, if all of it is there already, which is so for engines: they write a few bytes
 * into a pipe and close it.
 * @param limit the most bytes to read
 * @returns `bytes` as one latin1 string, up to end of file, the first newline or the limit; `complete`
 *   is false if more may follow (the writer is slower than we are, or stdin is a terminal or a socket)
 */
export function readStdinAtOnce(limit: number): { bytes: string; complete: boolean } {
  let bytes = '';
  if (!hasProc) return { bytes, complete: false };
  let fd: number;
  try {
    // Opened anew, since O_NONBLOCK on the descriptor itself would be shared with the engine.
    fd = openSync('/proc/self/fd/0', READ_ONLY);
  } catch {
    // No /proc, or a socket: waiting for events serves those.
    return { bytes, complete: false };
  }
  try {
    const buffer = Buffer.allocUnsafe(512);
    while (bytes.length < limit && !bytes.includes('\n')) {
      const count = readSync(fd, buffer, 0, buffer.length, null);
      if (count === 0) break;
      bytes += buffer.toString('latin1', 0, count);
    }
    return { bytes, complete: true };
  } catch {
    // EAGAIN: nothing more is there yet.
    return { bytes, complete: false };
  } finally {
    closeSync(fd);
  }
}

/**
 * Writes a line of output without waking the stream machinery of `process.stdout`.
 * @param fd 1 or 2
 */
export function writeOut(fd: 1 | 2, text: string): void {
  // Not a Buffer: whatever is used of that class first takes Bun 0.1 ms.
  const bytes = new TextEncoder().encode(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      // A pipe that its owner set to non-blocking and that is full for the moment.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** How long a full stderr is waited for, and the start of a thread that writes to it. */
const STDERR_MS = 200;
const THREAD_MS = 800;
const PAUSE_MS = 5;

/**
 * Writes for the protocol: all of stdout, and of stderr what its reader takes in time. A pipe that nobody reads and a
 * stopped terminal keep no answer back.
 */
export function writeAnswerOut(fd: 1 | 2, text: string): void {
  const remarks = fd === 2 ? openStderr() : 'never waits';
  if (remarks === 'never waits') {
    writeOut(fd, text);
    return;
  }
  if (remarks === 'may wait') {
    writeByThread(text);
    return;
  }
  const bytes = new TextEncoder().encode(text);
  try {
    let written = 0;
    for (let left = STDERR_MS; written < bytes.length && left > 0; ) {
      try {
        written += writeSync(remarks, bytes, written);
      } catch (error) {
        // It is full for the moment; anything else is no reason to answer less.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
        left -= PAUSE_MS;
      }
    }
  } finally {
    closeSync(remarks);
  }
}

/** Stderr, opened anew so that no write to it waits; else what writes to it as it is do. */
function openStderr(): number | 'never waits' | 'may wait' {
  try {
    if (fstatSync(2).isFile()) return 'never waits';
  } catch {
    // It is closed.
    return 'never waits';
  }
  if (!hasProc) return 'may wait';
  try {
    return openSync('/proc/self/fd/2', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // A socket, another user's, or there is no /proc.
    return 'may wait';
  }
}

/** Run by a thread: its write may wait for ever, and ends with the process. */
const WRITER = `const { workerData: { bytes, state } } = process.getBuiltinModule('node:worker_threads');
const { writeSync } = process.getBuiltinModule('node:fs');
const tell = (value) => { Atomics.store(state, 0, value); Atomics.notify(state, 0); };
tell(1);
try {
  for (let written = 0; written < bytes.length; ) written += writeSync(2, bytes, written);
} finally {
  tell(2);
}`;

function writeByThread(text: string): void {
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const state = new Int32Array(new SharedArrayBuffer(4));
  const writer = new Worker(WRITER, {
    eval: true,
    workerData: { bytes: new TextEncoder().encode(text), state },
  });
  // What it can't write is no reason to answer less.
  writer.on('error', () => {});
  writer.unref();
  Atomics.wait(state, 0, 0, THREAD_MS);
  Atomics.wait(state, 0, 1, STDERR_MS);
}

/**
 * The time since this machine was started, suspension included, which no change of the wall clock moves.
 * @returns ms; null where it can't be had cheaply (macOS, Windows)
 */
export function uptimeMs(): number | null {
  if (!hasProc) return null;
  let fd: number;
  try {
    fd = openSync('/proc/uptime', 'r');
  } catch {
    // A sandbox without /proc.
    return null;
  }
  try {
    const bytes = Buffer.allocUnsafe(64);
    const seconds = Number.parseFloat(bytes.toString('latin1', 0, readSync(fd, bytes, 0, 64, 0)));
    return Number.isFinite(seconds) ? Math.round(seconds * 1000) : null;
  } finally {
    closeSync(fd);
  }
}

/** Names this start of the machine; empty where that can't be told (macOS, Windows). */
export function bootId(): string {
  if (!hasProc) return '';
  let fd: number;
  try {
    fd = openSync('/proc/sys/kernel/random/boot_id', 'r');
  } catch {
    // A sandbox without /proc.
    return '';
  }
  try {
    const bytes = Buffer.allocUnsafe(64);
    return bytes.toString('latin1', 0, readSync(fd, bytes, 0, 64, 0)).trim();
  } finally {
    closeSync(fd);
  }
}
