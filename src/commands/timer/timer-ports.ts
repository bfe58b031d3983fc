export type TimerAction = 'install' | 'remove' | 'status';

/** What a program answered: its exit status and all it wrote. */
export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the timers use of the machine. */
export interface TimerPorts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user id; undefined on Windows. */
  readonly uid: number | undefined;
  readonly hostname: string;
  /** Absolute: relative paths of the environment count from here. */
  readonly cwd: string;
  /** The words that start the helper, the first an absolute path: `[helper]`, or `[node, main.js]` under Node. */
  readonly binary: readonly string[];
  /** The file's text; undefined if there is no such file. Throws other errors of node:fs. */
  readText(path: string): Promise<string | undefined>;
  /** Replaces the file as a whole, mode 0600, and makes missing directories. Throws errors of node:fs. */
  writeText(path: string, text: string): Promise<void>;
  /** Removes the file; one that is not there is no error. Throws other errors of node:fs. */
  remove(path: string): Promise<void>;
  /** Runs a program of the PATH to its end, without a shell, stdin empty, within a time limit. */
  run(command: string, args: readonly string[]): Promise<CommandResult | 'missing'>;
  /** Resolves after so many milliseconds. */
  pause(ms: number): Promise<void>;
  print(line: string): void;
  printError(line: string): void;
}

/** The name of the units, the launchd agent and the scheduled task. */
export const TIMER_NAME = 'docker-credential-openshift-renew';

/** The command that mends a timer which is not there or not right. */
export const INSTALL_COMMAND = 'docker-credential-openshift renew --install-timer';
