import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** One `import` or `export … from`. */
export interface Import {
  /** As written. */
  readonly specifier: string;
  /** A file of ours as `room/file.ts`; undefined for packages, built-in modules and files outside of src. */
  readonly file: string | undefined;
  /** Loaded only when that line is reached. */
  readonly isDynamic: boolean;
  /** Gone at run time. */
  readonly isType: boolean;
}

export interface SourceFile {
  /** Below src: `room/file.ts`, or `main.ts`. */
  readonly name: string;
  readonly text: string;
  /** The text without comments, strings and regular expressions standing as they are. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** Every TypeScript file of the program. */
export function sourceFiles(): SourceFile[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map(readSource);
}

/** The first folder of a file's name; `main` for main.ts. */
export function roomOf(name: string): string {
  return name.includes('/') ? name.slice(0, name.indexOf('/')) : name.replace(/\.ts$/, '');
}

function readSource(name: string): SourceFile {
  const text = readFileSync(join(SRC, name), 'utf8');
  const code = withoutComments(text);
  return { name, text, code, imports: readImports(name, code) };
}

/** Biome writes every import in these forms; a text that has `import` in another one is refused. */
function readImports(name: string, code: string): Import[] {
  const found: Import[] = [];
  const isStatic =
    /^(?:import|export)\s+(type\s+)?(?:[\w*$][^;'"]*?\sfrom\s+|\{[^;'"]*?\}\s+from\s+)?'([^']+)'/gm;
  const isDynamic = /\bimport\(\s*'([^']+)'\s*\)/g;
  for (const [, type, specifier = ''] of code.matchAll(isStatic)) {
    found.push({ specifier, file: resolved(name, specifier), isDynamic: false, isType: type !== undefined });
  }
  for (const [, specifier = ''] of code.matchAll(isDynamic)) {
    found.push({ specifier, file: resolved(name, specifier), isDynamic: true, isType: false });
  }
  const mentioned = code.match(/^import\s|\bimport\(|^export\s[^;=(]*?\sfrom\s/gm)?.length ?? 0;
  if (mentioned !== found.length) {
    throw new Error(`${name} has ${mentioned} imports, of which ${found.length} could be read`);
  }
  return found;
}

function resolved(name: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = relative(SRC, join(SRC, dirname(name), specifier));
  return path.startsWith('..') || !path.endsWith('.ts') ? undefined : path;
}

function withoutComments(text: string): string {
  const piece =
    /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|\/\*[\s\S]*?\*\/|(?<![:\\/])\/\/[^\n]*/g;
  return text.replace(piece, (match) => (match.startsWith('/') ? '' : match));
}
