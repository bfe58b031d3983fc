import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { writeOut } from '../files/hot-files.ts';

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
