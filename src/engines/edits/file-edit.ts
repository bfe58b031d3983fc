import { applyEngineEdit, type PlanText, previewEngineEdit } from './apply-engine-edit.ts';
import { diffText } from './diff-text.ts';
import type { Writer } from './keep-edit.ts';
import { redactEngineText } from './redact-engine-text.ts';

/** A planned edit of one file. */
export interface FileEdit {
  readonly path: string;
  /** What will change, in sentences without secrets; none: the file is right already. */
  readonly changes: readonly string[];
  /** The same as `diff -u` would show it, a line each, with secrets blacked out. */
  readonly diff: readonly string[];
  /** Makes the edit; the file is read and planned anew. @returns what it did, in sentences. Throws an AppError. */
  apply(): Promise<readonly string[]>;
}

/** Whose syntax a file has: an engine's, docker's old one, or that of our own config, in which no secret is. */
export type FileKind = 'engine' | 'dockercfg' | 'config';

/**
 * @returns the edit, planned and not made
 * @throws every AppError that can be foreseen
 */
export async function fileEdit(
  path: string,
  kind: FileKind,
  plan: PlanText,
  writer: Writer,
): Promise<FileEdit> {
  const { before, after, changes } = await previewEngineEdit(path, plan, writer);
  const diff = diffText(path, before, after, shownAs(kind));
  return { path, changes, diff, apply: () => applyEngineEdit(path, plan, writer) };
}

/** @returns what makes a file of this kind fit to be shown */
export function shownAs(kind: FileKind): (text: string) => string {
  return kind === 'config' ? (text) => text : redactEngineText;
}
