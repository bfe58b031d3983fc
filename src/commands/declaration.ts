import type { EnvironmentVariable } from './environment-variables.ts';

/** What a shell may complete a word to: hosts and contexts are asked of this program, files of the shell. */
export type Completion = 'host' | 'context' | 'file' | readonly string[];

/** One option of a command. */
export interface OptionDeclaration {
  /** What it does, in one line without a full stop. */
  readonly does: string;
  /** What its value is called in help: `FILE`. An option without one is a switch. */
  readonly value?: string;
  readonly completes?: Completion;
  /** One letter. */
  readonly short?: string;
  /** Whether it may be given several times. */
  readonly isRepeatable?: true;
}

/** A word of a command that is no option. */
export interface WordDeclaration {
  /** What it is called in help: `HOST`. */
  readonly name: string;
  readonly does: string;
  readonly completes?: Completion;
  readonly isRepeatable?: true;
}

/**
 * A command that a person may type. Parsing, help, completions and the manual page all come from it; it is data alone,
 * so that reading it runs nothing.
 */
export interface CommandDeclaration {
  readonly name: string;
  /** The ways to type it, without the program's name. */
  readonly usage: readonly string[];
  /** What it does, in one line that starts with a verb, without a full stop. */
  readonly does: string;
  /** What is to be known besides, a paragraph each. */
  readonly details: readonly string[];
  readonly words: readonly WordDeclaration[];
  readonly options: Readonly<Record<string, OptionDeclaration>>;
  /** The variables that matter to it most; help shows all of them without a command. */
  readonly environment: readonly EnvironmentVariable[];
  readonly examples: readonly { readonly run: string; readonly does: string }[];
  /** What each exit status means, besides 2: a wrong command line. */
  readonly exitStatuses: Readonly<Record<number, string>>;
}

/** What all commands know of. */
export const COMMON_OPTIONS = {
  help: { short: 'h', does: 'show this help' },
} as const satisfies CommandDeclaration['options'];

/** `--yes`, wherever something is asked before it is done. */
export const YES = { short: 'y', does: 'do it without asking; needed where there is no terminal' } as const;
