import { isDeepStrictEqual } from 'node:util';
import { smallSplices, written } from './yaml-splices.ts';
import { contentOf, nodesAlong, parseYaml, splice, type YamlPath } from './yaml-text.ts';

type Content = Record<string | number, unknown>;

/**
 * Sets, adds or removes one thing in a YAML or JSON text; all else stays byte for byte: comments, order, quotes,
 * indentation, ends of lines. Where the thing is shared by an anchor, or written in a way that can't be spliced, the
 * smallest part around it is written anew, in JSON, and what others share with it stays theirs. Each try is parsed
 * again, and counts only if nothing but the thing changed.
 * @param path all of it but the last step must be there; an index one past a list's end adds to it
 * @param value what JSON can hold; undefined: it is removed
 * @returns undefined if the text is no mapping, or no try changes just this
 */
export function editYamlText(text: string, path: YamlPath, value: unknown): string | undefined {
  if (text.startsWith('\ufeff')) {
    const edited = editYamlText(text.slice(1), path, value);
    return edited === undefined ? undefined : `\ufeff${edited}`;
  }
  const document = parseYaml(text);
  const expected = (contentOf(document) ?? {}) as Content;
  if (!setIn(expected, path, value)) return undefined;
  for (const small of smallSplices(text, document, path, value)) {
    const edited = splice(text, [small]);
    if (isDeepStrictEqual(contentIfWhole(edited, '1.2'), expected)) return edited;
  }
  const nodes = nodesAlong(document.contents, path);
  for (let depth = nodes.length - 1; depth > 0; depth--) {
    const node = nodes[depth];
    const content = valueAt(expected, path.slice(0, depth));
    if (node === undefined || content === undefined) continue;
    const edited = splice(text, written(text, document, node, content));
    const isRight = isDeepStrictEqual(contentIfWhole(edited, '1.2'), expected);
    if (isRight && readsAlike(text, edited, path, value)) return edited;
  }
  return undefined;
}

/** Whether kubectl, too, reads nothing else in it than before: words that stood without quotes got some. */
function readsAlike(before: string, after: string, path: YamlPath, value: unknown): boolean {
  const expected = contentIfWhole(before, '1.1') as Content | undefined;
  if (expected === undefined || !setIn(expected, path, value)) return false;
  return isDeepStrictEqual(contentIfWhole(after, '1.1'), expected);
}

/** @returns the content of a text; undefined if it is broken */
function contentIfWhole(text: string, version: '1.1' | '1.2'): unknown {
  const document = parseYaml(text, version);
  if (document.errors.length > 0) return undefined;
  try {
    return contentOf(document);
  } catch (error) {
    // An alias lost its anchor: this try does not count.
    if (!(error instanceof ReferenceError)) throw error;
    return undefined;
  }
}

/** @returns whether there was a place for it */
function setIn(content: Content, path: YamlPath, value: unknown): boolean {
  const step = path.at(-1);
  const holder = valueAt(content, path.slice(0, -1));
  if (step === undefined || typeof holder !== 'object' || holder === null) return false;
  if (value === undefined) delete (holder as Content)[step];
  else (holder as Content)[step] = value;
  return true;
}

function valueAt(content: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? (at as Content)[step] : undefined,
    content,
  );
}
