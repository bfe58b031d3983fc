import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { isatty, WriteStream } from 'node:tty';
import { writeOut } from '../files/hot-files.ts';
import type { Terminal } from './terminal.ts';

/** @returns the terminal of this process */
export function terminal(env: Readonly<Record<string, string | undefined>>): Terminal & {
  /** Asks for a line, which is shown as it is typed; empty for the end of input or Ctrl-C. As `confirm`. */
  ask(question: string): Promise<string>;
} {
  const hasErrorTerminal = isatty(2);
  const isOutTerminal = isatty(1);
  // https://no-color.org: any value that is not empty.
  const isPlain = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  return {
    isInteractive: isatty(0) && hasErrorTerminal,
    columns: isOutTerminal ? columnsOf(env) : undefined,
    hasColours: isOutTerminal && !isPlain,
    confirm: async (question) => /^y(?:es)?$/i.test(await ask(`${question} [y/N] `)),
    ask,
    progress: (line) => {
      if (hasErrorTerminal && env.TERM !== 'dumb') writeOut(2, `\r\u001b[K${line}`);
    },
  };
}

/** @returns whether a terminal of this environment can draw block characters */
export function drawsBlocks(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env.TERM === 'dumb') return false;
  // The old console of Windows may have another code page; these terminals do not.
  if (platform === 'win32') return env.WT_SESSION !== undefined || env.TERM_PROGRAM !== undefined;
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');
}

function columnsOf(env: Readonly<Record<string, string | undefined>>): number {
  const own = new WriteStream(1).columns;
  const told = Number(env.COLUMNS);
  return own > 0 ? own : told > 0 ? told : 80;
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''));
    lines.once('SIGINT', () => lines.close());
  });
  try {
    const answer = new Promise<string>((resolve) => lines.question(question, resolve));
    return (await Promise.race([answer, closed])).trim();
  } finally {
    lines.close();
  }
}

/**
 * Reads lines of stdin without showing what is typed or pasted.
 * @param onInterrupt called at Ctrl-C, which a terminal does not send as a signal meanwhile
 * @returns what ends it
 */
export function readUnseen(onLine: (line: string) => void, onInterrupt: () => void): () => void {
  const lines = open();
  lines.on('line', onLine);
  lines.on('SIGINT', onInterrupt);
  return () => lines.close();
}

/** @returns what is typed at a question, unseen; undefined at Ctrl-C or the end of input */
export function askUnseen(question: string, onInterrupt: () => void): Promise<string | undefined> {
  const lines = open();
  writeOut(2, question);
  return new Promise((resolve) => {
    const finish = (line?: string): void => {
      resolve(line);
      lines.close();
    };
    lines.once('line', finish);
    // By a line, Ctrl-C or Ctrl-D: nothing that is told after it stands in the question's line.
    lines.once('close', () => {
      writeOut(2, '\n');
      finish();
    });
    lines.once('SIGINT', () => {
      onInterrupt();
      finish();
    });
  });
}

function open(): Interface {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  return createInterface({ input: process.stdin, output: nowhere, terminal: isatty(0) });
}
