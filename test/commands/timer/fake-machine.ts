import assert from 'node:assert/strict';
import { runTimer, type TimerAction } from '../../../src/commands/timer/run-timer.ts';
import type { TimerMachine } from '../../../src/commands/timer/scheduler.ts';
import type { CommandResult } from '../../../src/process/run-program.ts';

export const HELPER = '/usr/local/bin/docker-credential-openshift';

/** A program's answer: its exit status and what it wrote. */
export function answer(status: number, stdout = '', stderr = ''): CommandResult {
  return { status, stdout, stderr };
}

interface Setting {
  platform?: NodeJS.Platform;
  env?: Record<string, string | undefined>;
  binary?: string[];
  uid?: number | undefined;
  files?: Record<string, string>;
  /** By command line; a list is used up one by one. Any other command fails the test. */
  programs?: Record<string, CommandResult | 'missing' | CommandResult[]>;
  /** Paths that can't be written, with the error's code. */
  denied?: Record<string, string>;
}

/** A machine with files in memory and programs that answer as told; `pause` returns at once and is counted. */
export function fakeMachine(setting: Setting = {}) {
  const files = new Map(Object.entries(setting.files ?? {}));
  const programs = new Map(Object.entries(setting.programs ?? {}));
  const seen = { out: [] as string[], err: [] as string[], ran: [] as string[], pauses: 0 };
  const check = (path: string) => {
    const code = setting.denied?.[path];
    if (code !== undefined) throw Object.assign(new Error(`${code}: ${path}`), { code, syscall: 'open' });
  };
  const machine: TimerMachine = {
    platform: setting.platform ?? 'linux',
    env: setting.env ?? { HOME: '/home/ann', USER: 'ann' },
    uid: 'uid' in setting ? setting.uid : 1000,
    hostname: 'box',
    cwd: setting.platform === 'win32' ? 'C:\\work' : '/work dir',
    binary: setting.binary ?? [HELPER],
    readText: async (path) => files.get(path),
    writeText: async (path, text) => {
      check(path);
      files.set(path, text);
    },
    remove: async (path) => {
      check(path);
      files.delete(path);
    },
    run: async (command, args) => {
      const line = [command, ...args].join(' ');
      seen.ran.push(line);
      const told = programs.get(line);
      const result = Array.isArray(told) ? told.shift() : told;
      return result ?? assert.fail(`not expected: ${line}`);
    },
    pause: async () => void seen.pauses++,
  };
  const printer = {
    print: (line: string) => void seen.out.push(line),
    printError: (line: string) => void seen.err.push(line),
  };
  const timer = (action: TimerAction) => runTimer(action, machine, printer);
  return { machine, printer, timer, files, ...seen, pauses: () => seen.pauses };
}
