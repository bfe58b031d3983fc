import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { looksLikeToken } from '../hosts/quoting.ts';

type Parsed<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true }>
>;

/**
 * The words after a command's name, as options and others.
 * @returns them, or what is wrong with them, in one sentence that repeats no secret
 */
export function parseWords<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
): Pick<Parsed<Options>, 'values' | 'positionals'> | string {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // The codes of parseArgs for what a person typed wrong.
    if (!String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS_')) throw error;
    const sentence = (error as Error).message.split(/\. |\n/)[0] ?? '';
    return looksLikeToken(sentence) ? 'There is no such option.' : `${sentence.replace(/\.$/, '')}.`;
  }
}
