import { stripTypeScriptTypes } from 'node:module';
import { parse } from 'acorn';
import { sourceFiles } from './source-files.ts';

/** Every regular expression that is written in the program's source, as `/pattern/flags`, and the file that it is in. */
export function expressions(): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, text } of sourceFiles()) {
    parse(stripTypeScriptTypes(text), {
      ecmaVersion: 'latest',
      sourceType: 'module',
      onToken: (token) => {
        const { value } = token as { value?: unknown };
        if (typeof value !== 'object' || value === null || !('pattern' in value)) return;
        const { pattern, flags } = value as { pattern: string; flags: string };
        found.set(`/${pattern}/${flags}`, name);
      },
    });
  }
  return found;
}
