import type { FileEdit } from '../../engines/edits/apply-engine-edit.ts';
import { AppError, printable } from '../../hosts/reason.ts';
import type { Console } from '../../process/terminal.ts';
import { painted, type Terminal } from '../../process/terminal.ts';

/** What a person, or the command line, said beforehand. */
export interface Consent {
  readonly isAgreed: boolean;
  readonly isDryRun: boolean;
}

/**
 * Shows what would change in which file and, once agreed to, changes it.
 * @param changesMore whether more is to be agreed to than what changes in files
 * @returns `written`: the files are as they were planned; `shown`: it was a dry run; `refused`: somebody said no
 * @throws AppError where nobody can be asked; what an edit throws
 */
export async function writeFiles(
  files: readonly FileEdit[],
  { isAgreed, isDryRun }: Consent,
  ports: Console,
  changesMore = false,
): Promise<'written' | 'shown' | 'refused'> {
  const changing = files.filter(({ changes }) => changes.length > 0);
  for (const file of files) show(file, ports);
  if (isDryRun) return 'shown';
  if ((changing.length > 0 || changesMore) && !isAgreed) {
    if (!(await confirmed(questionOf(changing.length), ports))) {
      ports.printError('Nothing was changed.');
      return 'refused';
    }
  }
  // A file without changes may still have a record to be cleared away.
  for (const file of files) {
    const did = await file.apply();
    if (file.changes.length === 0 && did.length === 0) continue;
    // What was shown is done by now; what else was done is said.
    const news = did.filter((sentence) => !file.changes.includes(sentence));
    ports.print([`${file.isRemoved?.() === true ? 'Removed' : 'Wrote'} ${file.path}`, ...news].join('; '));
  }
  return 'written';
}

function questionOf(changing: number): string {
  if (changing === 0) return 'Go on?';
  return changing === 1 ? 'Write this file?' : `Write these ${changing} files?`;
}

function show({ path, changes, diff }: FileEdit, { print, terminal }: Console): void {
  if (changes.length === 0) {
    print(`${path}: nothing to change`);
    return;
  }
  print('');
  print(painted(`${path}: ${changes.join('; ')}`, 'bold', terminal));
  for (const line of diff) print(paintedLine(line, terminal));
}

function paintedLine(line: string, terminal: Terminal): string {
  if (line.startsWith('+')) return painted(line, 'green', terminal);
  return line.startsWith('-') ? painted(line, 'red', terminal) : printable(line);
}

async function confirmed(question: string, { terminal }: Console): Promise<boolean> {
  if (terminal.isInteractive) return terminal.confirm(question);
  throw new AppError({
    code: 'not-confirmed',
    message: 'Nothing was changed: there is no terminal to ask at',
    fix: { do: 'Say --yes to agree beforehand, or --dry-run to see what would change.' },
  });
}
