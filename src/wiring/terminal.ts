import { createInterface } from 'node:readline/promises';
import { isatty, WriteStream } from 'node:tty';
import type { Terminal } from '../commands/terminal.ts';
import { writeOut } from '../files/hot-files.ts';

/** @returns the terminal of this process */
export function terminal(env: Readonly<Record<string, string | undefined>>): Terminal {
  const hasErrorTerminal = isatty(2);
  const isOutTerminal = isatty(1);
  // https://no-color.org: any value that is not empty.
  const isPlain = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  return {
    isInteractive: isatty(0) && hasErrorTerminal,
    columns: isOutTerminal ? columnsOf(env) : undefined,
    hasColours: isOutTerminal && !isPlain,
    confirm,
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

async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''));
    lines.once('SIGINT', () => lines.close());
  });
  try {
    const typed = await Promise.race([lines.question(`${question} [y/N] `), closed]);
    return /^y(?:es)?$/i.test(typed.trim());
  } finally {
    lines.close();
  }
}
