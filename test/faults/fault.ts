import type { TestContext } from 'node:test';
import type { HelperHome } from '../e2e/helper-home.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** The verbs of the protocol, and the commands for people. */
export type CommandName =
  | ('get' | 'store' | 'list' | 'erase')
  | ('token' | 'authfile' | 'status' | 'doctor' | 'renew' | 'setup' | 'login' | 'logout' | 'version');

/** What must be there to bring a fault about: see `means.ts`. */
export type Means = 'root' | 'root and bindfs' | 'root and a cgroup' | 'strace';

/** Where one cell is run: a cluster, and a person who is logged in to it and whose registry is linked to that login. */
export interface World {
  readonly t: TestContext;
  readonly sandbox: Sandbox;
  readonly home: HelperHome & { readonly token: string };
  /** The program, with its leading arguments. */
  readonly program: readonly [string, ...string[]];
}

/** What brings the fault about, beside what `arrange` did already. */
export interface Arranged {
  /** Runs the program in the fault, in place of itself. */
  readonly command?: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Begins, once other people's files were looked at, and ends before that is done again. */
  readonly begin?: () => void | Promise<void>;
  readonly end?: () => void | Promise<void>;
  /** Takes back what was arranged: from here on the token must be answered again. */
  readonly lift?: () => void | Promise<void>;
  /** Takes away what would be in the way of removing the home; after everything. */
  readonly leave?: () => void | Promise<void>;
}

/** One row of the matrix. */
export interface Fault {
  readonly name: string;
  readonly arrange: (world: World) => Arranged | Promise<Arranged>;
  /** What `get` may answer: `token`, `anonymous` with nothing said, or the code of what is said. */
  readonly get: readonly string[];
  /** The same where the answer was kept a moment before; without it as `get`. */
  readonly kept?: readonly string[];
  /**
   * The same of other commands. Without it `token` and `authfile` have to come by the token where `get` has to, `version` is
   * told, and all others do what they are there for or name a code.
   */
  readonly others?: Partial<Record<CommandName, readonly string[]>>;
  /** What a `get` may say once the fault is over: for a while what was learnt of it counts. */
  readonly afterwards?: readonly string[];
  readonly needs?: Means;
  /** One that stands for its kind: every command is tried in it, and not `get` alone. */
  readonly isTypical?: boolean;
  /** Commands for people wait there as all programs do, until somebody presses Ctrl-C. */
  readonly isForVerbs?: boolean;
  /** It is waited for: many of its cells are run at once. */
  readonly waits?: boolean;
  /** What is printed goes nowhere: the status alone counts. */
  readonly isUnread?: boolean;
  /** A signal may end the program, with nothing said. */
  readonly isKilled?: boolean;
  /** Without the front there is nobody to answer. */
  readonly needsFront?: boolean;
}
