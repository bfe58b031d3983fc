import { type RecordedEdit, textBefore, textMark } from './edit-record.ts';
import { gone, toldUndone, undoStep } from './undo-step.ts';

/** A file without edits of ours. */
export interface UndoneFile {
  /** Null: it should not be there. */
  readonly text: string | null;
  /** What changes, in sentences without secrets, and what stays since others changed it. */
  readonly changes: readonly string[];
  readonly left: readonly string[];
  /** The edits that are still to be undone, if only some hosts' were. */
  readonly rest: readonly RecordedEdit[];
}

/**
 * Takes recorded edits of one file back, the last one first. As long as the file is just what an edit made of it, it
 * becomes byte for byte what it was before; from where others changed it, only what the edits did is taken back.
 * @param text of the file; null: there is none
 * @param isWanted which hosts' steps are taken back
 * @throws AppError with `path`, line and column if the file is broken
 */
export function undoEdits(
  text: string | null,
  edits: readonly RecordedEdit[],
  path: string,
  isWanted: (host: string) => boolean,
): UndoneFile {
  const changes: string[] = [];
  const left: string[] = [];
  const rest: RecordedEdit[] = [];
  let now = text;
  let todo = edits;
  while (todo.length > 0) {
    // Where the file is what it was before an edit, that one was never made, or was taken back with all after it.
    const unmade = todo.findIndex(({ before }) => before === textMark(now));
    if (unmade >= 0 && rest.length === 0) {
      todo = todo.slice(0, unmade);
      continue;
    }
    const edit = todo.at(-1) as RecordedEdit;
    todo = todo.slice(0, -1);
    const isWhole = edit.steps.every(({ host }) => isWanted(host));
    if (isWhole && now !== null && textMark(now) === edit.after) {
      now = textBefore(now, edit);
      changes.push(...told(edit, now));
      continue;
    }
    for (const step of edit.steps.toReversed()) {
      if (!isWanted(step.host)) continue;
      if (now === null) {
        left.push(gone(step));
        continue;
      }
      const undone = undoStep(now, step, path);
      if (undone.left !== undefined) left.push(undone.left);
      if (undone.text !== now) changes.push(toldUndone(step));
      now = undone.text;
    }
    if (!isWhole) rest.unshift({ ...edit, steps: edit.steps.filter(({ host }) => !isWanted(host)) });
    else if (edit.before === 'absent' && now !== null && isEmpty(now)) now = null;
  }
  return { text: now, changes, left, rest };
}

function told(edit: RecordedEdit, text: string | null): string[] {
  const sentences = edit.steps.toReversed().map(toldUndone);
  if (text === null) sentences.push('removed the file, which setup had made');
  return sentences.length === 0 ? ['made the file what it was'] : sentences;
}

/** Whether nothing is in a file that this program made. */
function isEmpty(text: string): boolean {
  return /^\s*(?:\{\s*\}\s*)?$/.test(text);
}
